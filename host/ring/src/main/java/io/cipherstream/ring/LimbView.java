package io.cipherstream.ring;

/**
 * A part of a buffer, to be bound to a program's argument.
 *
 * @param offset first word, a multiple of {@value DescriptorLayout#LINE_WORDS}
 */
public record LimbView(LimbBuffer buffer, long offset, long words) {

  /**
   * @throws IllegalArgumentException if the part lies outside the buffer or begins within a line
   */
  public LimbView {
    if (offset < 0
        || words < 0
        || offset % DescriptorLayout.LINE_WORDS != 0
        || words > buffer.words() - offset) {
      throw new IllegalArgumentException(
          words
              + " words from word "
              + offset
              + " of a buffer of "
              + buffer.words()
              + " words: expected whole lines inside");
    }
  }

  /** The whole buffer. */
  public static LimbView of(LimbBuffer buffer) {
    return new LimbView(buffer, 0, buffer.words());
  }
}
