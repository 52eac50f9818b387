package io.cipherstream.opencl;

import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.Segment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The rules for what is bound to a program's arguments. */
final class Arguments {

  /** A segment and the pool words it is bound to. */
  record Bound(Segment segment, OpenClBuffer buffer, long begin, long end) {}

  private Arguments() {}

  /**
   * The bindings, in the order of the program's arguments.
   *
   * @throws EngineException of kind PROGRAM if the arguments do not fit the program
   */
  static List<Bound> check(OpenClEngine engine, LimbProgram program, List<LimbView> arguments) {
    require(
        program.ring().equals(engine.ring()),
        program,
        "is for the " + program.ring() + ", engine " + engine.name() + " for the " + engine.ring());
    List<Segment> wanted = program.arguments();
    require(
        wanted.size() == arguments.size(),
        program,
        "got " + arguments.size() + " arguments, expected " + wanted.size());
    List<Bound> bound = new ArrayList<>(wanted.size());
    for (int i = 0; i < wanted.size(); i++) {
      bound.add(bind(engine, program, wanted.get(i), arguments.get(i)));
    }
    apart(program, bound);
    return bound;
  }

  /**
   * The word of the pool at which each segment begins, by its number: arguments where they are
   * bound, scratch segments one behind the other.
   */
  static long[] begins(LimbProgram program, List<Bound> bound, long scratch) {
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

  private static Bound bind(
      OpenClEngine engine, LimbProgram program, Segment segment, LimbView view) {
    require(
        view.words() == segment.words(),
        program,
        "got "
            + view.words()
            + " words for segment "
            + segment.name()
            + ", expected "
            + segment.words());
    if (!(view.buffer() instanceof OpenClBuffer buffer) || buffer.owner() != engine) {
      throw new EngineException(
          EngineException.Kind.PROGRAM,
          program.name()
              + ": got a "
              + view.buffer()
              + " for segment "
              + segment.name()
              + ", expected one of engine "
              + engine.name());
    }
    long begin = buffer.region().word() + view.offset();
    return new Bound(segment, buffer, begin, begin + view.words());
  }

  /** What is written overlaps nothing else. */
  private static void apart(LimbProgram program, List<Bound> bound) {
    List<Bound> ordered = new ArrayList<>(bound);
    ordered.sort(Comparator.comparingLong(Bound::begin));
    Bound farthest = null;
    Bound farthestWritten = null;
    for (Bound b : ordered) {
      boolean writes = b.segment().access().writable();
      Bound other = writes ? farthest : farthestWritten;
      if (other != null && other.end() > b.begin()) {
        throw new EngineException(
            EngineException.Kind.PROGRAM,
            program.name()
                + ": arguments for segments "
                + other.segment().name()
                + " and "
                + b.segment().name()
                + " overlap, expected that what is written overlaps nothing");
      }
      if (farthest == null || b.end() > farthest.end()) {
        farthest = b;
      }
      if (writes && (farthestWritten == null || b.end() > farthestWritten.end())) {
        farthestWritten = b;
      }
    }
  }

  private static void require(boolean holds, LimbProgram program, String broken) {
    if (!holds) {
      throw new EngineException(EngineException.Kind.PROGRAM, program.name() + ": it " + broken);
    }
  }
}
