package io.cipherstream.model;

/**
 * How a BERT tokenizer prepares text before it looks for word pieces.
 *
 * @param lowercase every letter to lower case
 * @param stripAccents decompose (NFD) and drop non-spacing marks
 * @param splitChinese every CJK ideograph is a word of its own
 */
public record TokenizerOptions(boolean lowercase, boolean stripAccents, boolean splitChinese) {

  /** As uncased BERT models have it. */
  public static final TokenizerOptions UNCASED = new TokenizerOptions(true, true, true);

  /** As cased BERT models have it. */
  public static final TokenizerOptions CASED = new TokenizerOptions(false, false, true);
}
