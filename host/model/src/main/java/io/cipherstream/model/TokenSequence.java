package io.cipherstream.model;

/**
 * The tokens of one question, [CLS] and [SEP] included, without padding.
 *
 * @param ids word pieces; not copied, not to be changed
 * @param segments token types, one a token; not copied, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record TokenSequence(int[] ids, int[] segments) {

  /**
   * @throws ModelException of kind SHAPE if there are more or fewer segments than ids
   */
  public TokenSequence {
    if (ids.length != segments.length) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          segments.length + " segments for " + ids.length + " tokens: expected one a token");
    }
  }

  /** Tokens of one text: all in segment 0. */
  public static TokenSequence of(int[] ids) {
    return new TokenSequence(ids, new int[ids.length]);
  }

  /** Number of tokens. */
  public int length() {
    return ids.length;
  }
}
