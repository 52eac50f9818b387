package io.cipherstream.model;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Questions to tokens, for one model. Refuses what the model does not take; never cuts anything.
 * Thread-safe.
 */
public final class QuestionEncoder {

  private static final int[] ONLY = {0};

  private final BertTokenizer tokenizer;
  private final ModelShape shape;
  private final int segments;
  private final @Nullable ModelTask task;

  /**
   * @param segments rows of the model's token-type table
   * @param task null where the model does not say it; then a model with two segments takes texts
   *     and pairs
   */
  public QuestionEncoder(
      BertTokenizer tokenizer, ModelShape shape, int segments, @Nullable ModelTask task) {
    this.tokenizer = tokenizer;
    this.shape = shape;
    this.segments = segments;
    this.task = task;
  }

  /** What the model takes, where it takes one kind only; null where texts and pairs do. */
  public ModelTask.@Nullable Input input() {
    if (shape.pooling() == Pooling.NONE) {
      return ModelTask.Input.WORDS;
    }
    if (task != null) {
      return task.input();
    }
    return takesPairs() ? null : ModelTask.Input.TEXT;
  }

  /**
   * A question's tokens, for BERT [CLS] a [SEP], for a pair [CLS] a [SEP] in segment 0 and b [SEP]
   * in segment 1, for words [CLS], all words' pieces, [SEP]. A word without a piece, such as a soft
   * hyphen, is left out and has no answer, as in transformers.
   *
   * @throws ModelException of kind TEXT_INPUT if the model takes other questions, TEXT_EMPTY if a
   *     text has no word piece, TEXT_ENCODING if one is not valid Unicode, TEXT_TOO_LONG if there
   *     are more tokens than the model takes
   */
  public EncodedQuestion encode(Question question) {
    if (question instanceof Question.Pair pair) {
      require(ModelTask.Input.PAIR, "a pair of texts");
      return new EncodedQuestion(pair(pair.first(), pair.second()), ONLY, ONLY);
    }
    if (question instanceof Question.Words words) {
      require(ModelTask.Input.WORDS, "words");
      return words(words.words());
    }
    require(ModelTask.Input.TEXT, "a single text");
    return new EncodedQuestion(text(((Question.Text) question).text()), ONLY, ONLY);
  }

  private void require(ModelTask.Input given, String what) {
    ModelTask.Input taken = input();
    if (taken == given || (taken == null && given != ModelTask.Input.WORDS)) {
      return;
    }
    throw new ModelException(
        ModelException.Kind.TEXT_INPUT,
        what
            + (task == null ? " for this model" : " for task " + task.name())
            + (taken == null ? ": it takes a text or a pair" : ": it takes " + described(taken))
            + (given == ModelTask.Input.PAIR && !takesPairs()
                ? "; its token-type table has 1 row, a pair needs 2"
                : ""));
  }

  private boolean takesPairs() {
    return tokenizer.template().pairSegmentMax() < segments;
  }

  private static String described(ModelTask.Input input) {
    return switch (input) {
      case TEXT -> "single texts";
      case PAIR -> "pairs of texts";
      case WORDS -> "words, each of which gets a label";
    };
  }

  private TokenSequence text(String text) {
    TokenSequence tokens = tokenizer.single(some(tokenizer.pieces(text), "the text has"));
    checkLength(
        "the text has " + tokens.length() + " tokens",
        tokens.length(),
        "shorten or split the text");
    return tokens;
  }

  private TokenSequence pair(String first, String second) {
    TokenSequence tokens = tokenizer.pair(part("first", first), part("second", second));
    checkLength(
        "the pair has " + tokens.length() + " tokens", tokens.length(), "shorten one of the texts");
    return tokens;
  }

  private int[] part(String which, String text) {
    try {
      return some(tokenizer.pieces(text), "it has");
    } catch (ModelException e) {
      throw new ModelException(e.kind(), "the pair's " + which + " text: " + e.getMessage(), e);
    }
  }

  private static int[] some(int[] pieces, String what) {
    if (pieces.length == 0) {
      throw new ModelException(
          ModelException.Kind.TEXT_EMPTY, what + " no word pieces: expected at least one");
    }
    return pieces;
  }

  private EncodedQuestion words(List<String> words) {
    if (words.isEmpty()) {
      throw new ModelException(ModelException.Kind.TEXT_EMPTY, "no words: expected at least one");
    }
    int room = tokenizer.tokensMax() - tokenizer.tokensAround(false);
    int[] ids = new int[Math.max(room, 0)];
    int[] rows = new int[Math.min(words.size(), ids.length)];
    int[] answered = new int[rows.length];
    int count = 0;
    int answers = 0;
    for (int w = 0; w < words.size(); w++) {
      int[] pieces = wordPieces(words.get(w), w);
      if (pieces.length == 0) {
        continue;
      }
      if (pieces.length > room - count) {
        int tokens = count + pieces.length + tokenizer.tokensAround(false);
        checkLength("the words have " + tokens + " tokens or more", tokens, "split the sentence");
      }
      rows[answers] = tokenizer.tokensBefore() + count;
      answered[answers++] = w;
      System.arraycopy(pieces, 0, ids, count, pieces.length);
      count += pieces.length;
    }
    int[] all = some(Arrays.copyOf(ids, count), "the words have");
    return new EncodedQuestion(
        tokenizer.single(all), Arrays.copyOf(rows, answers), Arrays.copyOf(answered, answers));
  }

  private int[] wordPieces(String word, int index) {
    try {
      return tokenizer.pieces(word);
    } catch (ModelException e) {
      throw new ModelException(e.kind(), "word " + (index + 1) + ": " + e.getMessage(), e);
    }
  }

  private void checkLength(String what, int tokens, String advice) {
    if (tokens > tokenizer.tokensMax()) {
      throw new ModelException(
          ModelException.Kind.TEXT_TOO_LONG,
          what
              + " with [CLS] and [SEP]: the model takes at most "
              + tokenizer.tokensMax()
              + "; "
              + advice);
    }
  }
}
