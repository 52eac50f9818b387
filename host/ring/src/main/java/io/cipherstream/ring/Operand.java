package io.cipherstream.ring;

/**
 * Where an operand begins.
 *
 * @param segment number of the segment
 * @param line its first word is word {@value DescriptorLayout#LINE_WORDS} · line of the segment
 */
public record Operand(int segment, int line) {

  /** First word within the segment. */
  public long word() {
    return (long) line * DescriptorLayout.LINE_WORDS;
  }
}
