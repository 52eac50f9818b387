package io.cipherstream.ring;

/**
 * A region of memory that a program names by number: an argument, bound to a buffer when the
 * program is submitted, or scratch, which the engine provides.
 *
 * @param index position in {@link LimbProgram#segments}
 * @param name for people
 * @param words its length, a multiple of {@value DescriptorLayout#LINE_WORDS}
 */
public record Segment(int index, String name, Access access, long words) {

  /** What a program does with a segment. */
  public enum Access {
    /** Argument that is only read. */
    INPUT,
    /** Argument that is written; nothing in it is read before the program has written it. */
    OUTPUT,
    /** Argument that may be read and written. */
    UPDATE,
    /** Memory of the program's own; nothing in it is read before the program has written it. */
    SCRATCH;

    /** Whether instructions may write to it. */
    public boolean writable() {
      return this != INPUT;
    }

    /** Whether its words mean something before the program runs. */
    public boolean defined() {
      return this == INPUT || this == UPDATE;
    }
  }

  /**
   * The operand that begins at a word of this segment.
   *
   * @throws IllegalArgumentException if the word is no line's first or lies outside
   */
  public Operand at(long word) {
    if (word < 0 || word >= words || word % DescriptorLayout.LINE_WORDS != 0) {
      throw new IllegalArgumentException(
          "word "
              + word
              + " of segment "
              + name
              + ": expected a multiple of "
              + DescriptorLayout.LINE_WORDS
              + " below "
              + words);
    }
    return new Operand(index, Math.toIntExact(word / DescriptorLayout.LINE_WORDS));
  }
}
