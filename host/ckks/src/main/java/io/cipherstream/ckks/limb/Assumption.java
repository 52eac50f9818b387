package io.cipherstream.ckks.limb;

import io.cipherstream.ring.Completion;
import io.cipherstream.ring.EngineException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * That a submitted program finds no zero word, taken for granted where waiting for it costs a
 * launch. Whoever reads words that rest on it {@link #check}s it first. Safe for concurrent use.
 */
final class Assumption {

  private final String program;
  private final Completion completion;
  private volatile boolean holds;

  /**
   * @param program its name, for messages
   */
  Assumption(String program, Completion completion) {
    this.program = program;
    this.completion = completion;
  }

  /**
   * Waits for the program.
   *
   * @throws EngineException of kind INEXACT if it found one; as {@link Completion#await}
   */
  void check() {
    if (!holds) {
      long zeros = completion.await().zeroWords();
      if (zeros > 0) {
        throw new EngineException(
            EngineException.Kind.INEXACT,
            program
                + ": "
                + zeros
                + " coefficients of digits are 0, for which hoisted rotations are not exact;"
                + " compute again, on another engine or the plain way");
      }
      holds = true;
    }
  }

  /** What results of several operands rest on, without what is known to hold. */
  static List<Assumption> of(List<List<Assumption>> operands) {
    Set<Assumption> all = new LinkedHashSet<>();
    for (List<Assumption> operand : operands) {
      for (Assumption a : operand) {
        if (!a.holds) {
          all.add(a);
        }
      }
    }
    return new ArrayList<>(all);
  }
}
