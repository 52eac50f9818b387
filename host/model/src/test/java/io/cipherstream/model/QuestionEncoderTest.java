package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which tokens a question becomes, and which questions a model refuses. */
class QuestionEncoderTest {

  private static final BertTokenizer TOKENIZER =
      new BertTokenizer(
          new WordPieces(
              List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "new", "york", "##s", "is", "big", ".")),
          TokenizerOptions.UNCASED,
          10);

  /** An encoder of words by another tokenizer. */
  static QuestionEncoder words(BertTokenizer tokenizer) {
    return new QuestionEncoder(tokenizer, shape(Pooling.NONE), 2, null);
  }

  private static QuestionEncoder encoder(
      Pooling pooling, int segments, ModelTask.@Nullable Input input) {
    return new QuestionEncoder(
        TOKENIZER, shape(pooling), segments, input == null ? null : ModelTask.of("task", input));
  }

  private static ModelShape shape(Pooling pooling) {
    return new ModelShape(
        1,
        8,
        2,
        8,
        16,
        10,
        Activation.GELU,
        AttentionKind.SOFTMAX,
        NormKind.FULL,
        pooling,
        List.of("a", "b"),
        0,
        Pooler.NONE,
        1e-12);
  }

  @Test
  void pairStandsInTwoSegments() {
    EncodedQuestion pair =
        encoder(Pooling.CLS, 2, null).encode(new Question.Pair("New York", "is big."));
    assertThat(pair.tokens().ids()).containsExactly(2, 4, 5, 3, 7, 8, 9, 3);
    assertThat(pair.tokens().segments()).containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
    assertThat(pair.answers(new double[][] {{1, 2}})).isDeepEqualTo(new double[][] {{1, 2}});
  }

  @Test
  void wordIsAnsweredByItsFirstPiece() {
    EncodedQuestion words =
        encoder(Pooling.NONE, 1, null)
            .encode(new Question.Words(List.of("News", "yorks", "\u0007", "big")));
    assertThat(words.tokens().ids()).containsExactly(2, 4, 6, 5, 6, 8, 3);
    assertThat(words.rows()).containsExactly(1, 3, 5);
    assertThat(words.words()).containsExactly(0, 1, 3);
    double[][] rows = {{0}, {1}, {2}, {3}, {4}, {5}, {6}};
    assertThat(words.answers(rows)).isDeepEqualTo(new double[][] {{1}, {3}, {5}});
  }

  @Test
  void wordsWithoutAPieceAtAllAreRefused() {
    QuestionEncoder words = encoder(Pooling.NONE, 1, null);
    Expect.kind(
        ModelException.Kind.TEXT_EMPTY,
        () -> words.encode(new Question.Words(List.of("\u00ad", "\u200e"))));
  }

  @Test
  void textIsSplitAtAnyWhiteSpace() {
    assertThat(Question.Words.of("  New\u00a0York\tis\n big ").words())
        .containsExactly("New", "York", "is", "big");
  }

  @Test
  void questionsOfAnotherKindAreRefused() {
    Question text = new Question.Text("big");
    Question pair = new Question.Pair("big", "big");
    Question words = Question.Words.of("big");
    refused(encoder(Pooling.CLS, 2, ModelTask.Input.TEXT), pair, "single texts");
    refused(encoder(Pooling.CLS, 1, null), pair, "1 row");
    refused(encoder(Pooling.CLS, 2, ModelTask.Input.PAIR), text, "pairs of texts");
    refused(encoder(Pooling.CLS, 2, null), words, "a text or a pair");
    refused(encoder(Pooling.NONE, 2, null), text, "words");
    refused(encoder(Pooling.NONE, 2, ModelTask.Input.WORDS), pair, "words");
  }

  private static void refused(QuestionEncoder encoder, Question question, String message) {
    Expect.kind(ModelException.Kind.TEXT_INPUT, () -> encoder.encode(question))
        .hasMessageContaining(message);
  }

  @Test
  void nothingIsCut() {
    QuestionEncoder pairs = encoder(Pooling.CLS, 2, null);
    assertThat(pairs.encode(new Question.Pair("big big big", "big big big big")).tokens().length())
        .isEqualTo(10);
    Expect.kind(
            ModelException.Kind.TEXT_TOO_LONG,
            () -> pairs.encode(new Question.Pair("big big big big", "big big big big")))
        .hasMessageContaining("11 tokens")
        .hasMessageContaining("at most 10");
    QuestionEncoder words = encoder(Pooling.NONE, 1, null);
    for (String sentence : List.of("big ".repeat(9), "news ".repeat(5), "big ".repeat(100_000))) {
      Expect.kind(
          ModelException.Kind.TEXT_TOO_LONG, () -> words.encode(Question.Words.of(sentence)));
    }
    Expect.kind(ModelException.Kind.TEXT_EMPTY, () -> words.encode(new Question.Words(List.of())));
    Expect.kind(
            ModelException.Kind.TEXT_EMPTY, () -> pairs.encode(new Question.Pair("big", "\u0007")))
        .hasMessageContaining("second");
    Expect.kind(
            ModelException.Kind.TEXT_ENCODING,
            () -> words.encode(new Question.Words(List.of("big", "\ud800"))))
        .hasMessageContaining("word 2");
  }

  @Test
  void aTextIsCutOnlyByChoiceAndSaysByHowMuch() {
    QuestionEncoder texts = encoder(Pooling.CLS, 2, null);
    Question nine = new Question.Text("new york is big . new york is big");
    Expect.kind(ModelException.Kind.TEXT_TOO_LONG, () -> texts.encode(nine));
    EncodedQuestion cut = texts.encode(nine, Truncation.CUT);
    assertThat(cut.tokens().ids()).containsExactly(2, 4, 5, 7, 8, 9, 4, 5, 7, 3);
    assertThat(cut.tokensLeftOut()).isEqualTo(1);
    EncodedQuestion whole = texts.encode(new Question.Text("big"), Truncation.CUT);
    assertThat(whole.tokens().ids()).containsExactly(2, 8, 3);
    assertThat(whole.tokensLeftOut()).isZero();
  }

  /** Lengths kept by tokenizers 0.23.3 (Rust), {@code enable_truncation(7)}. */
  @Test
  void aPairLosesFromItsLongerTextFirst() {
    int[][] cases = {
      {4, 4, 3, 4},
      {5, 4, 4, 3},
      {4, 5, 3, 4},
      {9, 2, 5, 2},
      {2, 9, 2, 5},
      {1, 7, 1, 6},
      {8, 9, 3, 4}
    };
    QuestionEncoder pairs = encoder(Pooling.CLS, 2, null);
    for (int[] lengths : cases) {
      Question pair = new Question.Pair("big ".repeat(lengths[0]), "is ".repeat(lengths[1]));
      EncodedQuestion cut = pairs.encode(pair, Truncation.CUT);
      int[] ids = cut.tokens().ids();
      assertThat(Arrays.stream(ids).filter(id -> id == 8).count()).isEqualTo(lengths[2]);
      assertThat(Arrays.stream(ids).filter(id -> id == 7).count()).isEqualTo(lengths[3]);
      assertThat(Arrays.stream(ids).filter(id -> id == 3).count()).isEqualTo(2);
      assertThat(ids).hasSize(10).startsWith(2).endsWith(3);
      assertThat(Arrays.stream(cut.tokens().segments()).sum()).isEqualTo(lengths[3] + 1);
      assertThat(cut.tokensLeftOut()).isEqualTo(lengths[0] + lengths[1] - 7);
    }
  }

  @Test
  void wordsAreCutWhole() {
    QuestionEncoder words = encoder(Pooling.NONE, 1, null);
    EncodedQuestion cut =
        words.encode(Question.Words.of("is is is is is is is news big"), Truncation.CUT);
    assertThat(cut.tokens().ids()).containsExactly(2, 7, 7, 7, 7, 7, 7, 7, 3);
    assertThat(cut.rows()).containsExactly(1, 2, 3, 4, 5, 6, 7);
    assertThat(cut.wordsLeftOut()).isEqualTo(2);
    assertThat(cut.tokensLeftOut()).isEqualTo(3);
    EncodedQuestion begun =
        words.encode(new Question.Words(List.of("new" + "s".repeat(9), "is")), Truncation.CUT);
    assertThat(begun.rows()).containsExactly(1);
    assertThat(begun.tokens().length()).isEqualTo(10);
    assertThat(begun.wordsLeftOut()).isEqualTo(1);
    Expect.kind(
            ModelException.Kind.TEXT_TOO_LONG,
            () ->
                words.encode(
                    new Question.Words(List.of("b".repeat(BertTokenizer.TEXT_CHARS_MAX), "b")),
                    Truncation.CUT))
        .hasMessageContaining("characters");
  }
}
