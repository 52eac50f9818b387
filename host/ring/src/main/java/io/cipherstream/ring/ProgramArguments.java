package io.cipherstream.ring;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules for the arguments of a submission, whatever memory an engine has. */
public final class ProgramArguments {

  /**
   * The memory of one engine.
   *
   * @param <B> its buffers
   */
  public interface Memory<B> {

    /** The buffer as one of this engine's, or null if it is another's. */
    @Nullable B bufferOf(LimbBuffer buffer);

    /** Whether programs may write to it. */
    boolean writable(B buffer);

    /** Where a word lies, by which buffers that share memory are compared. */
    long place(B buffer, long word);
  }

  /**
   * A segment and what it is bound to.
   *
   * @param begin place of its first word
   * @param end place behind its last word
   */
  public record Bound<B>(Segment segment, B buffer, long begin, long end) {}

  private ProgramArguments() {}

  /**
   * The bindings, in the order of the program's arguments.
   *
   * @throws EngineException of kind PROGRAM if the arguments do not fit the program
   */
  public static <B> List<Bound<B>> check(
      LimbEngine engine, LimbProgram program, List<LimbView> arguments, Memory<B> memory) {
    require(
        program.ring().equals(engine.ring()),
        program,
        "is for the " + program.ring() + ", engine " + engine.name() + " for the " + engine.ring());
    List<Segment> wanted = program.arguments();
    require(
        wanted.size() == arguments.size(),
        program,
        "got " + arguments.size() + " arguments, expected " + wanted.size());
    List<Bound<B>> bound = new ArrayList<>(wanted.size());
    for (int i = 0; i < wanted.size(); i++) {
      bound.add(bind(engine, program, wanted.get(i), arguments.get(i), memory));
    }
    requireDisjoint(program, bound);
    return bound;
  }

  private static <B> Bound<B> bind(
      LimbEngine engine, LimbProgram program, Segment segment, LimbView view, Memory<B> memory) {
    require(
        view.words() == segment.words(),
        program,
        "got "
            + view.words()
            + " words for segment "
            + segment.name()
            + ", expected "
            + segment.words());
    B buffer = memory.bufferOf(view.buffer());
    if (buffer == null) {
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
        memory.writable(buffer) || !segment.access().writable(),
        program,
        "got read-only memory for segment " + segment.name() + ", which it writes");
    return new Bound<>(
        segment,
        buffer,
        memory.place(buffer, view.offset()),
        memory.place(buffer, view.offset() + view.words()));
  }

  /** What is written overlaps nothing else; compared by place, as adopted memory may overlap. */
  private static <B> void requireDisjoint(LimbProgram program, List<Bound<B>> bound) {
    List<Bound<B>> ordered = new ArrayList<>(bound);
    ordered.sort(Comparator.comparingLong(Bound::begin));
    Bound<B> reachesFarthest = null;
    Bound<B> writtenFarthest = null;
    for (Bound<B> b : ordered) {
      boolean writes = b.segment().access().writable();
      Bound<B> other = writes ? reachesFarthest : writtenFarthest;
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
