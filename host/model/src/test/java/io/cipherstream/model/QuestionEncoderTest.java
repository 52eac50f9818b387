package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;

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
        false,
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
}
