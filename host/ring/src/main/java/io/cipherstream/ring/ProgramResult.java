package io.cipherstream.ring;

import java.util.Map;

/**
 * What a finished program reports.
 *
 * @param zeroWords zero words found by its {@code ZEROS} instructions
 * @param nanosByOpcode time spent by kind of instruction, as far as the engine measures it; fused
 *     instructions count where most of their work is
 */
public record ProgramResult(long zeroWords, Map<Opcode, Long> nanosByOpcode) {

  public ProgramResult {
    nanosByOpcode = Map.copyOf(nanosByOpcode);
  }
}
