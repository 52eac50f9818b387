package io.cipherstream.core;

import io.cipherstream.core.CoreOp.Dot;
import io.cipherstream.core.CoreOp.Load;
import io.cipherstream.core.CoreOp.Pass;
import io.cipherstream.core.CoreOp.Store;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Modulus;
import io.cipherstream.ring.NttTable;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.Repeat;
import io.cipherstream.ring.Segment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says what core programs mean: one operation after the other, each by its formula. The oracle that
 * compilers and cards are compared with. Not thread-safe; one interpreter serves any number of
 * programs over its ring.
 */
public final class CoreInterpreter {

  private final LimbRing ring;
  private final int degree;
  private final Map<Integer, NttTable> tables = new HashMap<>();
  private final Map<Integer, int[]> permutations = new HashMap<>();

  public CoreInterpreter(LimbRing ring) {
    this.ring = ring;
    this.degree = ring.degree();
  }

  /**
   * Runs a program.
   *
   * @param arguments the words of each segment that is not scratch, in order; replaced by what they
   *     hold afterwards
   * @return zero words that it counted
   * @throws IllegalArgumentException if the arguments or the ring do not fit the program
   */
  public long run(CoreProgram program, List<long[]> arguments) {
    if (!program.ring().equals(ring)) {
      throw new IllegalArgumentException(program + " is for the " + program.ring());
    }
    return new Run(program, arguments).all();
  }

  private int[] permutation(int galois) {
    return permutations.computeIfAbsent(
        galois,
        g -> {
          int[] from = new int[degree];
          Arrays.setAll(from, k -> source(k, g));
          return from;
        });
  }

  /** The word that X to X^g brings to place k: bitrev(((2·bitrev(k)+1)·g mod 2N − 1)/2). */
  private int source(int k, int galois) {
    int unused = Integer.SIZE - ring.degreeBits();
    long exponent = (2L * (Integer.reverse(k) >>> unused) + 1) * galois % (2L * degree);
    return Integer.reverse((int) ((exponent - 1) / 2)) >>> unused;
  }

  private final class Run {
    private final CoreProgram program;
    private final List<long[]> memory = new ArrayList<>();
    private final long[][][] slots;
    private long zeros;

    Run(CoreProgram program, List<long[]> arguments) {
      this.program = program;
      this.slots = new long[program.clusters()][program.slots()][];
      int argument = 0;
      for (Segment s : program.segments()) {
        boolean scratch = s.access() == Segment.Access.SCRATCH;
        if (!scratch && argument == arguments.size()) {
          throw new IllegalArgumentException(
              program + ": got " + argument + " arguments, none for segment " + s.name());
        }
        long[] words = scratch ? new long[Math.toIntExact(s.words())] : arguments.get(argument++);
        if (words.length != s.words()) {
          throw new IllegalArgumentException(
              program
                  + ": got "
                  + words.length
                  + " words for segment "
                  + s.name()
                  + ", expected "
                  + s.words());
        }
        memory.add(words);
      }
    }

    long all() {
      for (CoreOp op : program.ops()) {
        long @Nullable [] result = null;
        if (op instanceof Load l) {
          result = permuted(limb(new Factor.InMemory(l.from(), Repeat.NONE)), l.galois());
        } else if (op instanceof Store s) {
          long[] from = slots[s.cluster()][s.a()];
          System.arraycopy(from, 0, words(s.to()), (int) s.to().word(), degree);
        } else if (op instanceof Pass p) {
          result = permuted(pass(p), p.galois());
        } else if (op instanceof Dot d) {
          result = permuted(dot(d), d.galois());
        }
        for (int c = 0; c < op.d().size(); c++) {
          if (result != null && op.d().get(c) != CoreLayout.SLOT_NONE) {
            slots[c][op.d().get(c)] = result;
          }
        }
      }
      return zeros;
    }

    private long[] pass(Pass p) {
      Modulus q = ring.modulus(p.modulus());
      long[] v = p.a() == null ? new long[degree] : factor(p.cluster(), p.a()).clone();
      for (int k = 0; k < degree; k++) {
        long u = p.pre().reduced() ? q.reduce(0, v[k]) : v[k];
        v[k] = p.pre().constant() == 0 ? u : q.add(u, p.pre().constant());
      }
      if (p.direction() != Direction.NONE) {
        NttTable table = tables.computeIfAbsent(p.modulus(), m -> new NttTable(ring, m));
        if (p.direction() == Direction.NTT) {
          table.forward(v);
        } else {
          table.inverse(v);
        }
      }
      if (p.countsZeros()) {
        zeros += Arrays.stream(v).filter(word -> word == 0).count();
      }
      Post post = p.post();
      long[] x = post.x() == CoreLayout.SLOT_NONE ? null : slots[p.cluster()][post.x()];
      long[] y = post.y() == CoreLayout.SLOT_NONE ? null : slots[p.cluster()][post.y()];
      for (int k = 0; k < degree; k++) {
        long w = v[k];
        if (post.subtract()) {
          w = x == null ? q.negate(w) : q.subtract(x[k], w);
        }
        w = post.scaled() ? q.multiply(post.scale(), w) : w;
        w = y == null ? w : q.add(w, y[k]);
        v[k] = post.constant() == 0 ? w : q.add(w, post.constant());
      }
      return v;
    }

    private long[] dot(Dot d) {
      Modulus q = ring.modulus(d.modulus());
      long[] sum = new long[degree];
      for (Term t : d.terms()) {
        long[] a = slots[d.cluster()][t.a()];
        if (t.b() instanceof Factor.Constant c) {
          for (int k = 0; k < degree; k++) {
            sum[k] = q.add(sum[k], q.multiply(c.value(), a[k]));
          }
        } else {
          long[] b = factor(d.cluster(), t.b());
          for (int k = 0; k < degree; k++) {
            sum[k] = q.add(sum[k], q.multiply(a[k], b[k]));
          }
        }
      }
      return sum;
    }

    private long[] factor(int cluster, Factor f) {
      return f instanceof Factor.InSlot s ? slots[cluster][s.slot()] : limb((Factor.InMemory) f);
    }

    private long[] limb(Factor.InMemory m) {
      long[] words = words(m.at());
      int begin = (int) m.at().word();
      long[] limb = new long[degree];
      for (int k = 0; k < degree; k++) {
        limb[k] = words[begin + m.repeat().index(k, degree)];
      }
      return limb;
    }

    private long[] words(Operand at) {
      return memory.get(at.segment());
    }

    private long[] permuted(long[] limb, int galois) {
      if (galois == 1) {
        return limb;
      }
      int[] from = permutation(galois);
      long[] d = new long[degree];
      Arrays.setAll(d, k -> limb[from[k]]);
      return d;
    }
  }
}
