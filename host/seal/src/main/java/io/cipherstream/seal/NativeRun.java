package io.cipherstream.seal;

import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.seal.jni.LimbEngineHandle;
import io.cipherstream.seal.jni.SealShim;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;

/** One program with its memory, ready to run; safe for concurrent use on independent tasks. */
final class NativeRun {

  private static final int RESULT_WORDS = SealShim.limb_engine_result_words();
  private static final String PROGRAM = "PROGRAM|";

  private final LimbEngineHandle engine;
  private final LimbProgram program;
  private final ByteBuffer descriptors;
  private final long[] bases;

  NativeRun(LimbEngineHandle engine, LimbProgram program, long[] bases) {
    this.engine = engine;
    this.program = program;
    this.descriptors = program.descriptors();
    this.bases = bases;
  }

  /** Zero words, then nanoseconds by opcode, of one task. */
  long[] task(int task) {
    return range(program.taskStart(task), program.taskStart(task + 1));
  }

  /** The same of instructions {@code [from, to)}. */
  long[] range(int from, int to) {
    long[] result = new long[RESULT_WORDS];
    try {
      SealShim.limb_engine_run(
          engine,
          descriptors.duplicate(),
          from,
          to,
          LongBuffer.wrap(bases),
          bases.length,
          LongBuffer.wrap(result));
    } catch (RuntimeException e) {
      String text = String.valueOf(e.getMessage());
      boolean wrong = text.startsWith(PROGRAM);
      throw new EngineException(
          wrong ? EngineException.Kind.PROGRAM : EngineException.Kind.DEVICE,
          program + ": " + (wrong ? text.substring(PROGRAM.length()) : text),
          e);
    }
    return result;
  }
}
