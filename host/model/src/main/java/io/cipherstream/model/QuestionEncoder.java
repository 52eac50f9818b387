package io.cipherstream.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Questions to tokens, for one model. Refuses what the model does not take; never cuts anything.
 * Thread-safe.
 */
public final class QuestionEncoder {

  private static final int[] ONLY_ROW = {0};

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
    return segments < 2 ? ModelTask.Input.TEXT : null;
  }

  /**
   * A question's tokens: [CLS] a [SEP], for a pair [CLS] a [SEP] in segment 0 and b [SEP] in
   * segment 1, for words [CLS], all words' pieces, [SEP]. A word without a piece is [UNK], so that
   * each has an answer.
   *
   * @throws ModelException of kind TEXT_INPUT if the model takes other questions, TEXT_EMPTY if a
   *     text has no word piece, TEXT_ENCODING if one is not valid Unicode, TEXT_TOO_LONG if there
   *     are more tokens than the model takes
   */
  public EncodedQuestion encode(Question question) {
    if (question instanceof Question.Pair pair) {
      require(ModelTask.Input.PAIR, "a pair of texts");
      return new EncodedQuestion(pair(pair.first(), pair.second()), ONLY_ROW);
    }
    if (question instanceof Question.Words words) {
      require(ModelTask.Input.WORDS, "words");
      return words(words.words());
    }
    require(ModelTask.Input.TEXT, "a single text");
    return new EncodedQuestion(
        TokenSequence.of(tokenizer.encode(((Question.Text) question).text())), ONLY_ROW);
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
            + (given == ModelTask.Input.PAIR && segments < 2
                ? "; its token-type table has 1 row, a pair needs 2"
                : ""));
  }

  private static String described(ModelTask.Input input) {
    return switch (input) {
      case TEXT -> "single texts";
      case PAIR -> "pairs of texts";
      case WORDS -> "words, each of which gets a label";
    };
  }

  private TokenSequence pair(String first, String second) {
    BertTokenizer open = tokenizer.withTokensMax(Integer.MAX_VALUE);
    int[] a = part(open, "first", first);
    int[] b = part(open, "second", second);
    int[] ids = Arrays.copyOf(a, a.length + b.length - 1);
    System.arraycopy(b, 1, ids, a.length, b.length - 1);
    checkLength("the pair has", ids.length, "shorten one of the texts");
    int[] kinds = new int[ids.length];
    Arrays.fill(kinds, a.length, ids.length, 1);
    return new TokenSequence(ids, kinds);
  }

  private static int[] part(BertTokenizer open, String which, String text) {
    try {
      return open.encode(text);
    } catch (ModelException e) {
      throw new ModelException(e.kind(), "the pair's " + which + " text: " + e.getMessage(), e);
    }
  }

  private EncodedQuestion words(List<String> words) {
    if (words.isEmpty()) {
      throw new ModelException(ModelException.Kind.TEXT_EMPTY, "no words: expected at least one");
    }
    if (words.size() > tokenizer.tokensMax() - 2) {
      checkLength("the words have", words.size() + 2, "split the sentence");
    }
    BertTokenizer open = tokenizer.withTokensMax(Integer.MAX_VALUE);
    List<int[]> pieces = new ArrayList<>();
    int[] firsts = new int[words.size()];
    int count = 1;
    for (int w = 0; w < firsts.length; w++) {
      firsts[w] = count;
      pieces.add(wordPieces(open, words.get(w), w));
      count += pieces.get(w).length;
    }
    checkLength("the words have", count + 1, "split the sentence");
    int[] ids = new int[count + 1];
    ids[0] = tokenizer.vocabulary().id(WordPieces.FIRST);
    ids[count] = tokenizer.vocabulary().id(WordPieces.LAST);
    for (int w = 0; w < firsts.length; w++) {
      System.arraycopy(pieces.get(w), 0, ids, firsts[w], pieces.get(w).length);
    }
    return new EncodedQuestion(TokenSequence.of(ids), firsts);
  }

  private static int[] wordPieces(BertTokenizer open, String word, int index) {
    try {
      int[] ids = open.encode(word);
      return Arrays.copyOfRange(ids, 1, ids.length - 1);
    } catch (ModelException e) {
      if (e.kind() == ModelException.Kind.TEXT_EMPTY) {
        return new int[] {open.vocabulary().id(WordPieces.UNKNOWN)};
      }
      throw new ModelException(e.kind(), "word " + (index + 1) + ": " + e.getMessage(), e);
    }
  }

  private void checkLength(String what, int tokens, String advice) {
    if (tokens > tokenizer.tokensMax()) {
      throw new ModelException(
          ModelException.Kind.TEXT_TOO_LONG,
          what
              + " "
              + tokens
              + " tokens or more with [CLS] and [SEP]: the model takes at most "
              + tokenizer.tokensMax()
              + "; "
              + advice);
    }
  }
}
