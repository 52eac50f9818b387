package io.cipherstream.workflow.data;

import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.ModelException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Texts to word pieces by a model's tokenizer. Too long ones are cut (serving refuses them
 * instead): a pair loses pieces from the end of its longer text, one at a time, as Hugging Face's
 * {@code longest_first} does. Thread-safe.
 */
public final class PieceEncoder {

  private final BertTokenizer tokenizer;
  private final int tokensMax;
  private final int cls;
  private final int sep;
  private final int unknown;

  /**
   * @param tokensMax most word pieces of an example, special ones included
   * @throws DataException of kind TASK if that is fewer than 5, which a pair needs
   */
  public PieceEncoder(BertTokenizer tokenizer, int tokensMax) {
    if (tokensMax < 5) {
      throw new DataException(
          DataException.Kind.TASK,
          "at most " + tokensMax + " tokens: expected 5 or more, [CLS] a [SEP] b [SEP]");
    }
    this.tokenizer = tokenizer.withTokensMax(Integer.MAX_VALUE);
    this.tokensMax = tokensMax;
    this.cls = (int) tokenizer.vocabulary().getIndex("[CLS]");
    this.sep = (int) tokenizer.vocabulary().getIndex("[SEP]");
    this.unknown = (int) tokenizer.vocabulary().getIndex("[UNK]");
  }

  /**
   * [CLS] text [SEP], or [CLS] first [SEP] second [SEP].
   *
   * @throws DataException of kind TEXT if a text has no word piece or is not valid Unicode
   */
  public EncodedText encode(TextExample example) {
    try {
      return encode(example.first(), example.second());
    } catch (ModelException e) {
      throw new DataException(
          DataException.Kind.TEXT, "line " + example.line() + ": " + e.getMessage(), e);
    }
  }

  private EncodedText encode(String first, @Nullable String second) {
    int[] a = pieces(first);
    int[] b = second == null ? new int[0] : pieces(second);
    int room = tokensMax - (second == null ? 2 : 3);
    int keepA = a.length;
    int keepB = b.length;
    while (keepA + keepB > room) {
      if (keepA > keepB) {
        keepA--;
      } else {
        keepB--;
      }
    }
    int length = keepA + 2 + (second == null ? 0 : keepB + 1);
    int[] ids = new int[length];
    int[] segments = new int[length];
    ids[0] = cls;
    System.arraycopy(a, 0, ids, 1, keepA);
    ids[keepA + 1] = sep;
    if (second != null) {
      System.arraycopy(b, 0, ids, keepA + 2, keepB);
      ids[length - 1] = sep;
      Arrays.fill(segments, keepA + 2, length, 1);
    }
    return new EncodedText(ids, segments, a.length - keepA + b.length - keepB);
  }

  /**
   * [CLS] pieces of every word [SEP], the label on a word's first piece. A word without pieces
   * (control characters alone) is [UNK], so that every word has a prediction. Only whole words are
   * kept, at least the first one's beginning.
   *
   * @throws DataException of kind TEXT if a word is not valid Unicode
   */
  public EncodedWords encode(WordsExample example) {
    int[] ids = new int[tokensMax];
    int[] labels = new int[tokensMax];
    int[] firsts = new int[example.words().size()];
    Arrays.fill(labels, EncodedWords.IGNORED);
    ids[0] = cls;
    int count = 1;
    int kept = 0;
    for (; kept < firsts.length; kept++) {
      int[] word = wordPieces(example, kept);
      int room = tokensMax - 1 - count;
      if (word.length > room && kept > 0) {
        break;
      }
      int length = Math.min(word.length, room);
      firsts[kept] = count;
      labels[count] = example.labels().get(kept);
      System.arraycopy(word, 0, ids, count, length);
      count += length;
    }
    ids[count++] = sep;
    return new EncodedWords(
        Arrays.copyOf(ids, count),
        Arrays.copyOf(firsts, kept),
        Arrays.copyOf(labels, count),
        firsts.length - kept);
  }

  private int[] wordPieces(WordsExample example, int word) {
    try {
      return pieces(example.words().get(word));
    } catch (ModelException e) {
      if (e.kind() == ModelException.Kind.TEXT_EMPTY) {
        return new int[] {unknown};
      }
      throw new DataException(
          DataException.Kind.TEXT, "line " + (example.line() + word) + ": " + e.getMessage(), e);
    }
  }

  /** Word pieces without [CLS] and [SEP]. */
  private int[] pieces(String text) {
    int[] ids = tokenizer.encode(text);
    return Arrays.copyOfRange(ids, 1, ids.length - 1);
  }
}
