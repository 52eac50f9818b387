package io.cipherstream.ring;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The rules for the arguments of a submission to a {@link HostEngine}. */
final class HostArguments {

  private record Bound(Segment segment, HostBuffer buffer, long begin, long end) {}

  private HostArguments() {}

  /**
   * @throws EngineException of kind PROGRAM if the arguments do not fit the program
   */
  static void check(HostEngine engine, LimbProgram program, List<LimbView> arguments) {
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
  }

  private static Bound bind(
      HostEngine engine, LimbProgram program, Segment segment, LimbView view) {
    require(
        view.words() == segment.words(),
        program,
        "got "
            + view.words()
            + " words for segment "
            + segment.name()
            + ", expected "
            + segment.words());
    if (!(view.buffer() instanceof HostBuffer buffer) || buffer.owner() != engine) {
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
    require(
        buffer.writable() || !segment.access().writable(),
        program,
        "got read-only memory for segment " + segment.name() + ", which it writes");
    long begin = buffer.address() + view.offset() * Long.BYTES;
    return new Bound(segment, buffer, begin, begin + view.words() * Long.BYTES);
  }

  /** What is written overlaps nothing else; compared by address, as wrapped memory may overlap. */
  private static void apart(LimbProgram program, List<Bound> bound) {
    bound.sort(Comparator.comparingLong(Bound::begin));
    Bound reachesFarthest = null;
    Bound writtenFarthest = null;
    for (Bound b : bound) {
      boolean writes = b.segment().access().writable();
      Bound other = writes ? reachesFarthest : writtenFarthest;
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
      if (reachesFarthest == null || b.end() > reachesFarthest.end()) {
        reachesFarthest = b;
      }
      if (writes && (writtenFarthest == null || b.end() > writtenFarthest.end())) {
        writtenFarthest = b;
      }
    }
  }

  private static void require(boolean holds, LimbProgram program, String broken) {
    if (!holds) {
      throw new EngineException(EngineException.Kind.PROGRAM, program.name() + ": it " + broken);
    }
  }
}
