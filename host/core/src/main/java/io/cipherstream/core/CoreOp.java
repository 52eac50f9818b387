package io.cipherstream.core;

import io.cipherstream.ring.Operand;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a core program. Its formula stands in core-program.xml, its rules in {@link
 * CoreChecks}.
 *
 * <p>A result d names a slot for each cluster, {@link CoreLayout#SLOT_NONE} where it is not
 * written; the same words go to all of them. Galois element 1 means no permutation.
 */
public sealed interface CoreOp {

  /** The cluster that executes it and whose slots it reads. */
  int cluster();

  /** The slot of the result in each cluster; empty if it has none. */
  List<Integer> d();

  /** LOAD: a limb from memory. */
  record Load(int cluster, List<Integer> d, Operand from, int galois, Order order)
      implements CoreOp {}

  /** STORE: a limb to memory. */
  record Store(int cluster, int a, Operand to, Order order) implements CoreOp {
    @Override
    public List<Integer> d() {
      return List.of();
    }
  }

  /**
   * XFM and MAP: a limb passes the word-wise lanes, with a transform between them or without.
   *
   * @param a null for a limb of zeros; {@link Factor.InMemory} in a MAP only
   * @param countsZeros whether the zero words of v, before {@code post}, are counted
   */
  record Pass(
      int cluster,
      List<Integer> d,
      Direction direction,
      int modulus,
      @Nullable Factor a,
      Pre pre,
      Post post,
      int galois,
      boolean countsZeros,
      Order order)
      implements CoreOp {}

  /** DOT: a sum of products. */
  record Dot(int cluster, List<Integer> d, int modulus, List<Term> terms, int galois, Order order)
      implements CoreOp {}

  /** Operands in memory that it reads or, for STORE, writes. */
  static List<Factor.InMemory> memory(CoreOp op) {
    if (op instanceof Load l) {
      return List.of(new Factor.InMemory(l.from(), io.cipherstream.ring.Repeat.NONE));
    }
    if (op instanceof Store s) {
      return List.of(new Factor.InMemory(s.to(), io.cipherstream.ring.Repeat.NONE));
    }
    if (op instanceof Pass p) {
      return p.a() instanceof Factor.InMemory m ? List.of(m) : List.of();
    }
    return ((Dot) op)
        .terms().stream()
            .filter(t -> t.b() instanceof Factor.InMemory)
            .map(t -> (Factor.InMemory) t.b())
            .toList();
  }

  /** How it is ordered with other accesses to memory. */
  static Order order(CoreOp op) {
    if (op instanceof Load l) {
      return l.order();
    }
    if (op instanceof Store s) {
      return s.order();
    }
    return op instanceof Pass p ? p.order() : ((Dot) op).order();
  }

  /** The slots of its cluster that it reads, one for each place where it names one. */
  static List<Integer> sources(CoreOp op) {
    List<Integer> sources = new java.util.ArrayList<>();
    if (op instanceof Store s) {
      sources.add(s.a());
    } else if (op instanceof Pass p) {
      if (p.a() instanceof Factor.InSlot s) {
        sources.add(s.slot());
      }
      if (p.post().x() != CoreLayout.SLOT_NONE) {
        sources.add(p.post().x());
      }
      if (p.post().y() != CoreLayout.SLOT_NONE) {
        sources.add(p.post().y());
      }
    } else if (op instanceof Dot dot) {
      for (Term t : dot.terms()) {
        sources.add(t.a());
        if (t.b() instanceof Factor.InSlot s) {
          sources.add(s.slot());
        }
      }
    }
    return sources;
  }
}
