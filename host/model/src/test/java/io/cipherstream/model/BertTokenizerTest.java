package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class BertTokenizerTest {

  private static final WordPieces WORDS =
      new WordPieces(
          List.of(
              "[PAD]", "[UNK]", "[CLS]", "[SEP]", "play", "##ing", "##s", "caf", "##e", "!", "[",
              "]", "sep", "中", "国", "Play"));

  private final BertTokenizer tokenizer = new BertTokenizer(WORDS, TokenizerOptions.UNCASED, 8);

  @Test
  void longestPiecesFirst() {
    assertThat(tokenizer.encode("Playing plays!")).containsExactly(2, 4, 5, 4, 6, 9, 3);
  }

  @Test
  void accentsAreStripped() {
    assertThat(tokenizer.encode("CAFÉ café")).containsExactly(2, 7, 8, 7, 8, 3);
  }

  @Test
  void casedModelKeepsCaseAndAccents() {
    BertTokenizer cased = new BertTokenizer(WORDS, TokenizerOptions.CASED, 8);
    assertThat(cased.encode("Play café")).containsExactly(2, 15, 1, 3);
  }

  @Test
  void ideographsAreWords() {
    assertThat(tokenizer.encode("中国")).containsExactly(2, 13, 14, 3);
  }

  @Test
  void nameOfASpecialTokenIsThatToken() {
    assertThat(tokenizer.encode("plays[SEP] [MASK]")).containsExactly(2, 4, 6, 3, 10, 1, 11, 3);
    assertThat(tokenizer.encode("[sep]")).containsExactly(2, 10, 12, 11, 3);
  }

  @Test
  void unknownWordIsOneUnknown() {
    assertThat(tokenizer.encode("zebra")).containsExactly(2, 1, 3);
  }

  @Test
  void controlCharactersVanishAndSpacesSplit() {
    assertThat(tokenizer.encode("play\u0000\u200bs\u00a0\tplay")).containsExactly(2, 4, 6, 4, 3);
    assertThat(tokenizer.encode("play\u0085s play\u000bs play\u000cs"))
        .containsExactly(2, 4, 6, 4, 6, 4, 6, 3);
  }

  @Test
  void wordsAreCountedInCodePoints() {
    assertThat(tokenizer.encode("\ud835\udc00".repeat(100) + " " + "a".repeat(101)))
        .containsExactly(2, 1, 1, 3);
  }

  @Test
  void emptyTextIsRefused() {
    for (String text : List.of("", "  \n", "\u0000\u0301")) {
      Expect.kind(ModelException.Kind.TEXT_EMPTY, () -> tokenizer.encode(text));
    }
  }

  @Test
  void unpairedSurrogateIsRefused() {
    for (String text : List.of("a\ud83d", "\ude00b", "a\ud83d\ud83d\ude00")) {
      Expect.kind(ModelException.Kind.TEXT_ENCODING, () -> tokenizer.encode(text));
    }
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    Expect.kind(
        ModelException.Kind.TEXT_ENCODING,
        () -> BertTokenizer.decodeUtf8(new byte[] {'a', (byte) 0xC3, '('}));
    assertThat(BertTokenizer.decodeUtf8("é".getBytes(StandardCharsets.UTF_8))).isEqualTo("é");
  }

  @Test
  void tooLongTextIsRefusedNotCut() {
    assertThat(tokenizer.encode("play play play play play play")).hasSize(8);
    assertThatThrownBy(() -> tokenizer.encode("play play play play play play play"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("9 tokens")
        .hasMessageContaining("at most 8")
        .extracting(e -> ((ModelException) e).kind())
        .isEqualTo(ModelException.Kind.TEXT_TOO_LONG);
  }

  @Test
  void vocabularyFileRoundTrip() {
    WordPieces again = WordPieces.parse(WORDS.toFile());
    assertThat(again.size()).isEqualTo(WORDS.size());
    assertThat(again.getIndex("国")).isEqualTo(14);
    Expect.kind(
        ModelException.Kind.TOKENIZER,
        () -> WordPieces.parse("[CLS]\n[SEP]\n".getBytes(StandardCharsets.UTF_8)));
    Expect.kind(
        ModelException.Kind.TOKENIZER,
        () -> WordPieces.parse("[CLS]\n[SEP]\n[UNK]\na\na\n".getBytes(StandardCharsets.UTF_8)));
  }
}
