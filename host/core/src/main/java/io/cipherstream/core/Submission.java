package io.cipherstream.core;

import io.cipherstream.ring.LimbProgram;
import java.util.List;

/**
 * A limb program and what its arguments are bound to.
 *
 * @param arguments one region for each of {@link LimbProgram#arguments}, in order
 */
public record Submission(LimbProgram program, List<Region> arguments) {

  /**
   * A part of a buffer.
   *
   * @param buffer the buffer's number
   * @param offset first word, a multiple of a line
   */
  public record Region(int buffer, long offset, long words) {}

  public Submission {
    arguments = List.copyOf(arguments);
    if (arguments.size() != program.arguments().size()) {
      throw new IllegalArgumentException(
          program
              + ": got "
              + arguments.size()
              + " arguments, expected "
              + program.arguments().size());
    }
  }
}
