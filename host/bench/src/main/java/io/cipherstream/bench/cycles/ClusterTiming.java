package io.cipherstream.bench.cycles;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.CoreLayout;
import io.cipherstream.core.CoreOp;
import io.cipherstream.core.CoreProgram;
import io.cipherstream.core.Direction;
import io.cipherstream.core.Factor;
import io.cipherstream.core.Order;
import io.cipherstream.core.Term;
import io.cipherstream.ring.DescriptorLayout;
import java.util.Objects;

/**
 * When each operation of a core program happens on the clusters. Operations are taken in program
 * order: each is dispatched to the queue of its unit when its result's slots are free and the queue
 * has room, starts when its operands are there and the unit is free, and takes its share of the
 * scratchpad's ports and of the memory's words a cycle. That is how the hardware orders them, so
 * nothing is searched for and nothing is fitted.
 */
public final class ClusterTiming {

  /** Operations that wait in a unit's queue. */
  private static final int QUEUE = 8;

  /** Words of a key stream that are fetched before they are used. */
  private static final int STREAM_AHEAD = 4096;

  /** Limb buffers of a transform engine. */
  private static final int LIMB_BUFFERS = 3;

  /** Cycles from the last word of a load stream to the first butterfly, and of a dispatch. */
  private static final int TURN = 10;

  private static final int LINE_BYTES = DescriptorLayout.LINE_WORDS * Long.BYTES;

  private final CoreProgram program;
  private final ClusterShape shape;
  private final int degree;
  private final double stream;
  private final double transform;
  private final Calendar in;
  private final Calendar out;
  private final Cluster[] clusters;
  private double end;
  private double butterflies;
  private double products;
  private long programLines;

  /** When the operation that a unit took last is done. */
  private double finished;

  private ClusterTiming(CoreProgram program, ClusterShape shape) {
    this.program = program;
    this.shape = shape;
    this.degree = program.ring().degree();
    this.stream = shape.streamCycles(degree);
    this.transform = shape.transformCycles(degree);
    this.in = new Calendar(shape.wordsIn());
    this.out = new Calendar(shape.wordsOut());
    this.clusters = new Cluster[program.clusters()];
    for (int c = 0; c < clusters.length; c++) {
      clusters[c] = new Cluster(program.slots());
    }
  }

  /**
   * Predicts a program.
   *
   * @throws IllegalArgumentException if the program is for more clusters or slots than there are
   */
  public static ClusterPrediction of(CoreProgram program, ClusterShape shape) {
    if (program.clusters() > shape.clusters() || program.slots() > shape.slots()) {
      throw new IllegalArgumentException(
          program
              + " is for "
              + program.clusters()
              + " clusters of "
              + program.slots()
              + " slots, expected at most "
              + shape);
    }
    return new ClusterTiming(program, shape).run();
  }

  private static final class Cluster {
    private double dispatched;
    private final double[] ready;
    private final double[] read;
    private final Calendar rowsA = new Calendar(1);
    private final Calendar rowsB = new Calendar(1);
    private final double[][] started = new double[5][QUEUE];
    private final int[] count = new int[5];
    private double loadFree;
    private double butterfliesFree;
    private double storeFree;
    private final double[] buffers = new double[LIMB_BUFFERS];
    private int buffer;
    private double mapFree;
    private double productsFree;
    private double memoryIn;
    private double memoryOut;
    private final double[] tagDone = new double[CoreLayout.TAGS];

    Cluster(int slots) {
      ready = new double[slots];
      read = new double[slots];
    }
  }

  private ClusterPrediction run() {
    for (CoreOp op : program.ops()) {
      one(op);
    }
    double wordsIn = in.total();
    double rows = 0;
    for (Cluster c : clusters) {
      rows += c.rowsB.total();
    }
    return new ClusterPrediction(
        end + shape.memoryLatency(),
        butterflies / clusters.length,
        products / clusters.length,
        rows / clusters.length,
        Math.round(wordsIn * Long.BYTES),
        Math.round(out.total() * Long.BYTES),
        programLines * LINE_BYTES);
  }

  private static int unit(CoreOp op) {
    if (op instanceof CoreOp.Pass p) {
      return p.direction() == Direction.NONE ? 1 : 0;
    }
    return op instanceof CoreOp.Dot ? 2 : op instanceof CoreOp.Load ? 3 : 4;
  }

  private void one(CoreOp op) {
    Cluster c = clusters[op.cluster()];
    int unit = unit(op);
    int lines = op instanceof CoreOp.Dot d ? 1 + (d.terms().size() + 3) / 4 : 1;
    programLines += lines;
    Order order = CoreOp.order(op);
    for (int t = 1; t < CoreLayout.TAGS; t++) {
      if ((order.waits() >> t & 1) != 0) {
        c.dispatched = Math.max(c.dispatched, c.tagDone[t]);
      }
    }
    double sent = dispatch(op, c, unit, lines);
    double begin = c.dispatched + TURN;
    double start;
    if (op instanceof CoreOp.Pass p) {
      start =
          p.direction() == Direction.NONE ? map(p, c, begin, sent) : transform(p, c, begin, sent);
    } else if (op instanceof CoreOp.Dot d) {
      start = dot(d, c, begin, sent);
    } else if (op instanceof CoreOp.Load l) {
      start = load(l, c, begin, sent);
    } else {
      start = store((CoreOp.Store) op, c, begin);
    }
    c.started[unit][c.count[unit]++ % QUEUE] = start;
    if (order.tag() != 0) {
      c.tagDone[order.tag()] = Math.max(c.tagDone[order.tag()], finished);
    }
    end = Math.max(end, finished);
  }

  /**
   * Dispatches in program order: the result's slots must be free of readers and writers, here and
   * where a RECEIVE announces it; the unit's queue must have room.
   *
   * @return when all receiving clusters expect the result
   */
  private double dispatch(CoreOp op, Cluster c, int unit, int lines) {
    double expected = 0;
    for (int k = 0; k < op.d().size(); k++) {
      int d = op.d().get(k);
      if (d != CoreLayout.SLOT_NONE) {
        Cluster to = clusters[k];
        double free = Math.max(to.read[d], to.ready[d]);
        double at = Math.max(to.dispatched + (to == c ? lines : 1), free);
        to.dispatched = at;
        expected = Math.max(expected, at);
      }
    }
    if (op.cluster() >= op.d().size() || op.d().get(op.cluster()) == CoreLayout.SLOT_NONE) {
      c.dispatched += lines;
    }
    if (c.count[unit] >= QUEUE) {
      c.dispatched = Math.max(c.dispatched, c.started[unit][c.count[unit] % QUEUE]);
    }
    return expected;
  }

  private static double ready(Cluster c, double at, int slot) {
    return slot == CoreLayout.SLOT_NONE ? at : Math.max(at, c.ready[slot]);
  }

  private static void reads(Cluster c, int slot, double until) {
    if (slot != CoreLayout.SLOT_NONE) {
      c.read[slot] = Math.max(c.read[slot], until);
    }
  }

  /** Rows of a limb at a stream's pace through port B. */
  private double rowsB(Cluster c, double start, int limbs) {
    double rows = (double) degree / shape.products();
    double end = start + stream;
    for (int i = 0; i < limbs; i++) {
      end = Math.max(end, c.rowsB.take(start, rows, rows / stream));
    }
    return end;
  }

  /** Writes a result in all its clusters at a stream's pace. */
  private double writes(CoreOp op, double start) {
    double end = start;
    for (int k = 0; k < op.d().size(); k++) {
      if (op.d().get(k) != CoreLayout.SLOT_NONE) {
        end = Math.max(end, rowsB(clusters[k], start, 1));
      }
    }
    return end;
  }

  private void settle(CoreOp op, double at) {
    for (int k = 0; k < op.d().size(); k++) {
      if (op.d().get(k) != CoreLayout.SLOT_NONE) {
        clusters[k].ready[op.d().get(k)] = at;
      }
    }
    finished = at;
  }

  private double transform(CoreOp.Pass p, Cluster c, double begin, double sent) {
    int a = ((Factor.InSlot) Objects.requireNonNull(p.a())).slot();
    double start = ready(c, Math.max(Math.max(begin, c.loadFree), c.buffers[c.buffer]), a);
    double loaded = rowsB(c, start, 1);
    c.loadFree = loaded;
    reads(c, a, loaded);
    double first = Math.max(c.butterfliesFree, loaded + TURN);
    c.butterfliesFree = first + transform;
    butterflies += transform;
    double leaves = Math.max(Math.max(c.storeFree, first + transform + shape.pipeline()), sent);
    leaves = ready(c, ready(c, leaves, p.post().x()), p.post().y());
    int operands =
        (p.post().x() == CoreLayout.SLOT_NONE ? 0 : 1)
            + (p.post().y() == CoreLayout.SLOT_NONE ? 0 : 1);
    double stored = Math.max(rowsB(c, leaves, operands), writes(p, leaves));
    c.storeFree = stored;
    c.buffers[c.buffer] = stored;
    c.buffer = (c.buffer + 1) % LIMB_BUFFERS;
    reads(c, p.post().x(), stored);
    reads(c, p.post().y(), stored);
    settle(p, stored + TURN);
    return start;
  }

  private double map(CoreOp.Pass p, Cluster c, double begin, double sent) {
    double start = Math.max(Math.max(begin, c.mapFree), sent);
    int limbs = 0;
    for (int s : CoreOp.sources(p)) {
      start = ready(c, start, s);
      limbs++;
    }
    double end = Math.max(rowsB(c, start, limbs), writes(p, start));
    if (p.a() instanceof Factor.InMemory m) {
      double words = m.repeat().words(degree);
      end = Math.max(end, in.take(begin, words, shape.wordsIn()) + shape.memoryLatency());
    }
    c.mapFree = end;
    for (int s : CoreOp.sources(p)) {
      reads(c, s, end);
    }
    settle(p, end + shape.pipeline());
    return start;
  }

  private double dot(CoreOp.Dot d, Cluster c, double begin, double sent) {
    double start = Math.max(Math.max(begin, c.productsFree), sent);
    int pairs = 0;
    long words = 0;
    for (Term t : d.terms()) {
      start = ready(c, start, t.a());
      if (t.b() instanceof Factor.InSlot s) {
        start = ready(c, start, s.slot());
        pairs++;
      } else if (t.b() instanceof Factor.InMemory m) {
        words += m.repeat().words(degree);
      }
    }
    double lasts = shape.dotCycles(degree, d.terms().size(), pairs);
    double rows = (double) degree / shape.products() * (d.terms().size() + pairs);
    double end = Math.max(start + lasts, c.rowsA.take(start, rows, rows / lasts));
    if (words > 0) {
      double rate = shape.wordsIn();
      double from = Math.max(begin, start - STREAM_AHEAD / rate);
      end = Math.max(end, in.take(from, words, rate));
    }
    products += (double) degree / shape.products() * d.terms().size();
    c.productsFree = end;
    double drained = writes(d, Math.max(start, end - stream));
    for (int s : CoreOp.sources(d)) {
      reads(c, s, end);
    }
    settle(d, Math.max(end, drained) + shape.pipeline());
    return start;
  }

  private double load(CoreOp.Load l, Cluster c, double begin, double sent) {
    double start = Math.max(Math.max(begin, c.memoryIn), sent);
    double end = in.take(start, degree, shape.wordsIn());
    c.memoryIn = start + (end - start) / 2;
    double rows = (double) degree / shape.products();
    for (int k = 0; k < l.d().size(); k++) {
      if (l.d().get(k) != CoreLayout.SLOT_NONE) {
        end = Math.max(end, clusters[k].rowsB.take(start, rows, 1));
      }
    }
    settle(l, end + shape.memoryLatency());
    return start;
  }

  private double store(CoreOp.Store s, Cluster c, double begin) {
    double start = ready(c, Math.max(begin, c.memoryOut), s.a());
    double rate = Math.min(shape.wordsOut(), shape.streamWords());
    double end = out.take(start, degree, rate);
    double rows = (double) degree / shape.products();
    end = Math.max(end, c.rowsB.take(start, rows, rows / stream));
    c.memoryOut = end;
    reads(c, s.a(), end);
    finished = end + shape.memoryLatency();
    return start;
  }
}
