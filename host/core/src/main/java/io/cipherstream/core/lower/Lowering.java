package io.cipherstream.core.lower;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.CoreLayout;
import io.cipherstream.core.CoreOp;
import io.cipherstream.core.CoreProgram;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.Segment;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles limb programs to core programs. Total: every limb program has one, and it computes the
 * same words.
 *
 * <ol>
 *   <li>{@link GraphBuilder}: limbs become values, instructions become nodes.
 *   <li>{@link TransformFusion}, {@link SumFusion}, {@link PermutationFusion}, {@link Cleaning},
 *       {@link Streaming}: nodes are joined to what one operation does.
 *   <li>{@link MemoryEdges}, {@link ListSchedule}: nodes get an order and a cluster.
 *   <li>{@link Emission}, {@link SlotAllocation}, {@link Tagging}: nodes become operations on
 *       slots.
 * </ol>
 *
 * <p>The segments of the core program are those of the limb program and, if slots run out, one more
 * scratch segment for spilled limbs. Thread-safe.
 */
public final class Lowering {

  /** Terms of a sum that may wait for what it is added to, where operands do not fit the slots. */
  private static final int WAITING_MAX = 4;

  /** Part of the limbs moved from which on a program is worth its further sums. */
  private static final double WORTH = 0.9;

  private final ClusterShape shape;
  private final int termsMax;

  /**
   * @param shape what to compile for: clusters and slots bind, the rest shapes the order
   */
  public Lowering(ClusterShape shape) {
    this.shape = shape;
    // A sum holds all its operands in slots at once, up to two a term, and its result.
    this.termsMax = Math.max(1, (shape.slots() - 2) / 2);
  }

  /**
   * The core program that computes the same. If it spills more limbs than there are slots, one
   * whose long sums end earlier takes its place where that moves clearly fewer limbs.
   */
  public CoreProgram lower(LimbProgram program) {
    CoreProgram whole = lower(program, CoreLayout.TERMS_MAX);
    long spilled =
        whole.segments().stream()
            .skip(program.segments().size())
            .mapToLong(s -> s.words() / program.ring().degree())
            .sum();
    if (spilled <= (long) shape.slots() * shape.clusters()) {
      return whole;
    }
    CoreProgram parted = lower(program, WAITING_MAX);
    return limbsMoved(parted) < WORTH * limbsMoved(whole) ? parted : whole;
  }

  private static long limbsMoved(CoreProgram program) {
    return program.ops().stream()
        .filter(o -> o instanceof CoreOp.Load || o instanceof CoreOp.Store)
        .count();
  }

  private CoreProgram lower(LimbProgram program, int waitingMax) {
    List<Node> nodes = fused(program, waitingMax);
    MemoryEdges.set(nodes, program);
    Plan plan = ListSchedule.of(nodes, shape, program.ring().degree());
    List<Segment> segments = new ArrayList<>(program.segments());
    int[] spilled = new int[1];
    List<CoreOp> ops =
        Emission.of(plan, shape, segments.size(), program.ring().limbLines(), spilled);
    if (spilled[0] > 0) {
      segments.add(
          new Segment(
              segments.size(),
              "spill",
              Segment.Access.SCRATCH,
              (long) spilled[0] * program.ring().degree()));
    }
    return new CoreProgram(
        program.name(),
        program.ring(),
        shape.clusters(),
        shape.slots(),
        segments,
        Tagging.of(ops, segments, program.ring()));
  }

  private List<Node> fused(LimbProgram program, int waitingMax) {
    List<Node> nodes = Cleaning.alive(GraphBuilder.of(program));
    new TransformFusion(program.ring()).fuse(nodes);
    new SumFusion(termsMax, waitingMax).fuse(nodes);
    PermutationFusion.fuse(nodes);
    Cleaning.count(nodes);
    nodes = Cleaning.alive(nodes);
    Streaming.set(nodes);
    return nodes;
  }
}
