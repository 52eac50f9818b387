package io.cipherstream.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How submissions that start together are divided into parts, each of which {@link RoundProgram}
 * joins: at most one of a part counts zero words, so that the part's count is that one's; a part
 * has a limit of buffers, and of instructions, since longer programs take long to compile and their
 * values do not stay on chip. The order stays. Not thread-safe.
 */
public final class RoundParts {

  /** Most instructions of a part of several programs. */
  public static final int INSTRUCTIONS_MAX = 1 << 13;

  /** Segments of a joined program besides its buffers: scratch memory, and what the slots spill. */
  public static final int OWN_SEGMENTS = 2;

  /** Most parts of a launch. */
  public static final int PARTS_MAX = 64;

  private final int buffersMax;
  private final List<List<Submission>> parts = new ArrayList<>();
  private final Set<Integer> buffers = new HashSet<>();
  private long instructions;
  private boolean countsZeros;

  /**
   * @param segmentsMax most segments of a joined program
   */
  public RoundParts(int segmentsMax) {
    this.buffersMax = segmentsMax - OWN_SEGMENTS;
  }

  /** Whether a submission would begin a part. */
  public boolean begins(Submission s) {
    Set<Integer> all = new HashSet<>(buffers);
    s.arguments().forEach(r -> all.add(r.buffer()));
    return parts.isEmpty()
        || all.size() > buffersMax
        || instructions + s.program().instructions().size() > INSTRUCTIONS_MAX
        || (countsZeros && s.program().countsZeros());
  }

  /**
   * Adds a submission, which takes effect after all before.
   *
   * @return the number of its part
   */
  public int add(Submission s) {
    if (begins(s)) {
      parts.add(new ArrayList<>());
      buffers.clear();
      instructions = 0;
      countsZeros = false;
    }
    parts.get(parts.size() - 1).add(s);
    s.arguments().forEach(r -> buffers.add(r.buffer()));
    instructions += s.program().instructions().size();
    countsZeros |= s.program().countsZeros();
    return parts.size() - 1;
  }

  /** The parts, in order. */
  public List<List<Submission>> parts() {
    return parts.stream().map(List::copyOf).toList();
  }

  /** Number of parts. */
  public int size() {
    return parts.size();
  }
}
