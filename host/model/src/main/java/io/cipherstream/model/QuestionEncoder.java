package io.cipherstream.model;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Questions to tokens, for one model. Refuses what the model does not take; cuts nothing unless
 * asked to. Thread-safe.
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

  /** The same with fewer tokens at most, such as an appliance has room for. */
  public QuestionEncoder limitedTo(int tokensMax) {
    return new QuestionEncoder(
        tokenizer.withTokensMax(Math.min(tokensMax, tokenizer.tokensMax())), shape, segments, task);
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
   * As {@link #encode(Question, Truncation)}, refusing what is too long.
   *
   * @throws ModelException likewise
   */
  public EncodedQuestion encode(Question question) {
    return encode(question, Truncation.REFUSE);
  }

  /**
   * A question's tokens, for BERT [CLS] a [SEP], for a pair [CLS] a [SEP] in segment 0 and b [SEP]
   * in segment 1, for words [CLS], all words' pieces, [SEP]. A word without a piece, such as a soft
   * hyphen, is left out and has no answer, as in transformers.
   *
   * @throws ModelException of kind TEXT_INPUT if the model takes other questions, TEXT_EMPTY if a
   *     text has no word piece, TEXT_ENCODING if one is not valid Unicode, TEXT_TOO_LONG if there
   *     are more tokens than the model takes and they are not to be cut, or more than {@link
   *     BertTokenizer#TEXT_CHARS_MAX} characters in any case
   */
  public EncodedQuestion encode(Question question, Truncation truncation) {
    boolean cut = truncation == Truncation.CUT;
    if (question instanceof Question.Pair pair) {
      require(ModelTask.Input.PAIR, "a pair of texts");
      return pair(pair.first(), pair.second(), cut);
    }
    if (question instanceof Question.Words words) {
      require(ModelTask.Input.WORDS, "words");
      return words(words.words(), cut);
    }
    require(ModelTask.Input.TEXT, "a single text");
    return text(((Question.Text) question).text(), cut);
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

  private EncodedQuestion text(String text, boolean cut) {
    int[] pieces = some(tokenizer.pieces(text), "the text has");
    int tokens = pieces.length + tokenizer.tokensAround(false);
    if (!cut) {
      checkLength("the text has " + tokens + " tokens", tokens, "shorten or split the text");
    }
    int left = Math.max(0, tokens - tokenizer.tokensMax());
    TokenSequence kept = tokenizer.single(Arrays.copyOf(pieces, pieces.length - left));
    return new EncodedQuestion(kept, ONLY, ONLY, left, 0);
  }

  private EncodedQuestion pair(String first, String second, boolean cut) {
    int[] a = part("first", first);
    int[] b = part("second", second);
    int tokens = a.length + b.length + tokenizer.tokensAround(true);
    if (!cut) {
      checkLength("the pair has " + tokens + " tokens", tokens, "shorten one of the texts");
    }
    int room = tokenizer.tokensMax() - tokenizer.tokensAround(true);
    LongestFirst keep = LongestFirst.keep(a.length, b.length, room);
    TokenSequence kept =
        tokenizer.pair(Arrays.copyOf(a, keep.first()), Arrays.copyOf(b, keep.second()));
    return new EncodedQuestion(kept, ONLY, ONLY, Math.max(0, tokens - tokenizer.tokensMax()), 0);
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

  private EncodedQuestion words(List<String> words, boolean cut) {
    if (words.isEmpty()) {
      throw new ModelException(ModelException.Kind.TEXT_EMPTY, "no words: expected at least one");
    }
    if (cut) {
      checkChars(words);
    }
    int room = Math.max(0, tokenizer.tokensMax() - tokenizer.tokensAround(false));
    int[] ids = new int[room];
    int[] rows = new int[Math.min(words.size(), room)];
    int[] answered = new int[rows.length];
    int count = 0;
    int answers = 0;
    int tokensLeftOut = 0;
    int wordsLeftOut = 0;
    for (int w = 0; w < words.size(); w++) {
      int[] pieces = wordPieces(words.get(w), w);
      if (pieces.length == 0) {
        continue;
      }
      int length = pieces.length;
      if (wordsLeftOut > 0 || length > room - count) {
        if (!cut) {
          int tokens = count + length + tokenizer.tokensAround(false);
          checkLength("the words have " + tokens + " tokens or more", tokens, "split the sentence");
        }
        // Of a first word that fills the model alone its beginning is kept, so that there is one.
        length = answers == 0 ? room : 0;
        tokensLeftOut += pieces.length - length;
        if (length == 0) {
          wordsLeftOut++;
          continue;
        }
      }
      rows[answers] = tokenizer.tokensBefore() + count;
      answered[answers++] = w;
      System.arraycopy(pieces, 0, ids, count, length);
      count += length;
    }
    int[] all = some(Arrays.copyOf(ids, count), "the words have");
    return new EncodedQuestion(
        tokenizer.single(all),
        Arrays.copyOf(rows, answers),
        Arrays.copyOf(answered, answers),
        tokensLeftOut,
        wordsLeftOut);
  }

  private static void checkChars(List<String> words) {
    long chars = words.stream().mapToLong(String::length).sum();
    if (chars > BertTokenizer.TEXT_CHARS_MAX) {
      throw new ModelException(
          ModelException.Kind.TEXT_TOO_LONG,
          "words of " + chars + " characters: at most " + BertTokenizer.TEXT_CHARS_MAX);
    }
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
