package io.cipherstream.opencl;

import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.ProgramArguments;
import io.cipherstream.ring.Segment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The words of the engine's pool that are bound to a program's arguments. */
final class PoolArguments {

  private PoolArguments() {}

  /**
   * The bindings, in the order of the program's arguments.
   *
   * @throws io.cipherstream.ring.EngineException of kind PROGRAM if the arguments do not fit the
   *     program
   */
  static List<ProgramArguments.Bound<OpenClBuffer>> check(
      OpenClEngine engine, LimbProgram program, List<LimbView> arguments) {
    return ProgramArguments.check(
        engine,
        program,
        arguments,
        new ProgramArguments.Memory<>() {
          @Override
          public @Nullable OpenClBuffer bufferOf(LimbBuffer buffer) {
            return buffer instanceof OpenClBuffer own && own.owner() == engine ? own : null;
          }

          @Override
          public boolean writable(OpenClBuffer buffer) {
            return true;
          }

          @Override
          public long place(OpenClBuffer buffer, long word) {
            return buffer.region().word() + word;
          }
        });
  }

  /**
   * The word of the pool at which each segment begins, by its number: arguments at their bindings,
   * scratch segments one after the other.
   */
  static long[] begins(
      LimbProgram program, List<ProgramArguments.Bound<OpenClBuffer>> bound, long scratch) {
    long[] begins = new long[program.segments().size()];
    long next = scratch;
    int argument = 0;
    for (Segment segment : program.segments()) {
      if (segment.access() == Segment.Access.SCRATCH) {
        begins[segment.index()] = next;
        next += segment.words();
      } else {
        begins[segment.index()] = bound.get(argument++).begin();
      }
    }
    return begins;
  }
}
