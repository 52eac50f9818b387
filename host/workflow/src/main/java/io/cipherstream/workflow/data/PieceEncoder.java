package io.cipherstream.workflow.data;

import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.LongestFirst;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.TokenSequence;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Turns texts into word pieces with a model's tokenizer. Texts that are too long are cut, a pair by
 * {@link LongestFirst}; serving refuses them unless told to cut. Thread-safe.
 */
public final class PieceEncoder {

  private final BertTokenizer tokenizer;
  private final int tokensMax;

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
    this.tokenizer = tokenizer;
    this.tokensMax = tokensMax;
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
    int room = tokensMax - tokenizer.tokensAround(second != null);
    LongestFirst keep =
        second == null
            ? new LongestFirst(Math.min(a.length, room), 0)
            : LongestFirst.keep(a.length, b.length, room);
    int[] keptA = Arrays.copyOf(a, keep.first());
    TokenSequence tokens =
        second == null
            ? tokenizer.single(keptA)
            : tokenizer.pair(keptA, Arrays.copyOf(b, keep.second()));
    int dropped = a.length + b.length - keep.first() - keep.second();
    return new EncodedText(tokens.ids(), tokens.segments(), dropped);
  }

  /**
   * [CLS] pieces of every word [SEP], the label on a word's first piece. A word without pieces
   * (control characters alone) is left out, as in transformers. Only whole words are kept, at least
   * the first one's beginning.
   *
   * @throws DataException of kind TEXT if a word is not valid Unicode, or none has a piece
   */
  public EncodedWords encode(WordsExample example) {
    int before = tokenizer.tokensBefore();
    int room = tokensMax - tokenizer.tokensAround(false);
    int[] pieces = new int[room];
    int[] labels = new int[tokensMax];
    int[] firsts = new int[example.words().size()];
    Arrays.fill(labels, EncodedWords.IGNORED);
    int count = 0;
    int kept = 0;
    int word = 0;
    for (; word < firsts.length; word++) {
      int[] found = wordPieces(example, word);
      if (found.length == 0) {
        continue;
      }
      if (found.length > room - count && kept > 0) {
        break;
      }
      int length = Math.min(found.length, room - count);
      firsts[kept++] = before + count;
      labels[before + count] = example.labels().get(word);
      System.arraycopy(found, 0, pieces, count, length);
      count += length;
    }
    if (count == 0) {
      throw new DataException(
          DataException.Kind.TEXT,
          "line " + example.line() + ": no word has a word piece: expected at least one");
    }
    int[] ids = tokenizer.single(Arrays.copyOf(pieces, count)).ids();
    return new EncodedWords(
        ids, Arrays.copyOf(firsts, kept), Arrays.copyOf(labels, ids.length), firsts.length - word);
  }

  private int[] wordPieces(WordsExample example, int word) {
    try {
      return tokenizer.pieces(example.words().get(word));
    } catch (ModelException e) {
      throw new DataException(
          DataException.Kind.TEXT, "line " + (example.line() + word) + ": " + e.getMessage(), e);
    }
  }

  /** Word pieces without [CLS] and [SEP]; at least one. */
  private int[] pieces(String text) {
    int[] pieces = tokenizer.pieces(text);
    if (pieces.length == 0) {
      throw new ModelException(
          ModelException.Kind.TEXT_EMPTY, "the text has no word pieces: expected at least one");
    }
    return pieces;
  }
}
