package io.cipherstream.workflow.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.TokenizerOptions;
import io.cipherstream.model.WordPieces;
import java.util.List;
import org.junit.jupiter.api.Test;

class PieceEncoderTest {

  private static final List<String> PIECES =
      List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b", "c", "play", "##ing", "##er", "-");

  private static PieceEncoder encoder(int tokensMax) {
    return new PieceEncoder(
        new BertTokenizer(
            new WordPieces(PIECES), new TokenizerOptions(true, true, true), tokensMax),
        tokensMax);
  }

  private static TextExample pair(String first, String second) {
    return new TextExample(2, first, second, 0);
  }

  @Test
  void oneText() {
    EncodedText text = encoder(16).encode(new TextExample(2, "a playing b", null, 0));
    assertThat(text.ids()).containsExactly(2, 4, 7, 8, 5, 3);
    assertThat(text.segments()).containsOnly(0).hasSize(6);
    assertThat(text.dropped()).isZero();
  }

  @Test
  void aPairHasSegments() {
    EncodedText text = encoder(16).encode(pair("a b", "playing"));
    assertThat(text.ids()).containsExactly(2, 4, 5, 3, 7, 8, 3);
    assertThat(text.segments()).containsExactly(0, 0, 0, 0, 1, 1, 1);
  }

  @Test
  void theLongerTextOfAPairIsCutFirst() {
    EncodedText first = encoder(8).encode(pair("a a a a a a", "b c"));
    assertThat(first.ids()).containsExactly(2, 4, 4, 4, 3, 5, 6, 3);
    assertThat(first.dropped()).isEqualTo(3);
    EncodedText second = encoder(8).encode(pair("a a", "b b b b b c"));
    assertThat(second.ids()).containsExactly(2, 4, 4, 3, 5, 5, 5, 3);
    EncodedText both = encoder(8).encode(pair("a a a a", "b b b b"));
    assertThat(both.ids())
        .as("of two equally long texts the first loses more, as with Hugging Face's tokenizers")
        .containsExactly(2, 4, 4, 3, 5, 5, 5, 3);
    EncodedText least = encoder(5).encode(pair("a b c", "c b a"));
    assertThat(least.ids()).containsExactly(2, 4, 3, 6, 3);
    EncodedText single = encoder(5).encode(new TextExample(2, "a b c a b", null, 0));
    assertThat(single.ids()).containsExactly(2, 4, 5, 6, 3);
    assertThat(single.dropped()).isEqualTo(2);
  }

  @Test
  void aWordsLabelStandsOnItsFirstPiece() {
    WordsExample words =
        new WordsExample(1, List.of("a", "\u0001", "playing", "player-b"), List.of(0, 1, 1, 2));
    EncodedWords out = encoder(16).encode(words);
    int none = EncodedWords.IGNORED;
    assertThat(out.ids()).containsExactly(2, 4, 7, 8, 7, 9, 10, 5, 3);
    assertThat(out.labels()).containsExactly(none, 0, 1, none, 2, none, none, none, none);
    assertThat(out.firstPieces()).containsExactly(1, 2, 4);
    assertThat(out.droppedWords()).isZero();
  }

  @Test
  void wordsThatDoNotFitAreDroppedWhole() {
    WordsExample words =
        new WordsExample(1, List.of("a", "b", "playing", "c"), List.of(0, 1, 2, 3));
    EncodedWords out = encoder(5).encode(words);
    assertThat(out.ids()).containsExactly(2, 4, 5, 3);
    assertThat(out.firstPieces()).containsExactly(1, 2);
    assertThat(out.droppedWords()).isEqualTo(2);
    EncodedWords one = encoder(5).encode(new WordsExample(1, List.of("player-player"), List.of(4)));
    assertThat(one.ids()).as("the beginning of a first word").containsExactly(2, 7, 9, 10, 3);
  }

  @Test
  void textsWithoutWordPiecesAreNamedByLine() {
    ExpectData.kind(
            DataException.Kind.TEXT,
            () -> encoder(16).encode(new TextExample(17, "\u0001", null, 0)))
        .hasMessageContaining("line 17");
    ExpectData.kind(DataException.Kind.TASK, () -> encoder(4))
        .hasMessageContaining("expected 5 or more");
  }
}
