package io.cipherstream.core;

import io.cipherstream.core.CoreOp.Dot;
import io.cipherstream.core.CoreOp.Load;
import io.cipherstream.core.CoreOp.Pass;
import io.cipherstream.core.CoreOp.Store;
import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.ProgramException;
import io.cipherstream.ring.Repeat;
import io.cipherstream.ring.Segment;
import java.util.BitSet;
import java.util.List;

/**
 * The rules of a core program:
 *
 * <ul>
 *   <li>slots lie below the program's number of slots, and are read only after they were written;
 *   <li>a result may take the slot of an operand, but not if it is permuted;
 *   <li>operands in memory lie inside their segment; a segment that is written may be written;
 *   <li>moduli lie in the table, constants are canonical, Galois elements odd and below 2N;
 *   <li>a DOT has 1 to {@link CoreLayout#TERMS_MAX} terms;
 *   <li>accesses to memory that conflict are on one cluster, and the later one waits for the tag of
 *       the earlier one ({@link MemoryTags}).
 * </ul>
 */
final class CoreChecks {

  private final String name;
  private final LimbRing ring;
  private final int clusters;
  private final int slots;
  private final List<Segment> segments;
  private final BitSet[] written;
  private final MemoryTags tags;

  CoreChecks(String name, LimbRing ring, int clusters, int slots, List<Segment> segments) {
    this.name = name;
    this.ring = ring;
    this.clusters = clusters;
    this.slots = slots;
    this.segments = segments;
    if (clusters < 1 || clusters > CoreLayout.CLUSTERS_MAX) {
      throw new ProgramException(
          name + ": " + clusters + " clusters, expected 1 to " + CoreLayout.CLUSTERS_MAX);
    }
    if (slots < 0 || slots > CoreLayout.SLOTS_MAX) {
      throw new ProgramException(
          name + ": " + slots + " slots, expected up to " + CoreLayout.SLOTS_MAX);
    }
    for (int i = 0; i < segments.size(); i++) {
      Segment s = segments.get(i);
      if (s.index() != i || s.words() <= 0 || s.words() % DescriptorLayout.LINE_WORDS != 0) {
        throw new ProgramException(
            name + ": segment " + i + " is " + s + ", expected that number and whole lines");
      }
    }
    this.written = new BitSet[clusters];
    for (int c = 0; c < clusters; c++) {
      written[c] = new BitSet();
    }
    this.tags = new MemoryTags(segments);
  }

  void check(List<CoreOp> ops) {
    for (int i = 0; i < ops.size(); i++) {
      try {
        one(ops.get(i));
      } catch (ProgramException e) {
        throw new ProgramException(
            name + ", operation " + i + " (" + ops.get(i) + "): it " + e.getMessage());
      }
    }
  }

  private void one(CoreOp op) {
    require(
        op.cluster() >= 0 && op.cluster() < clusters,
        "runs on cluster " + op.cluster() + " of " + clusters);
    for (int s : CoreOp.sources(op)) {
      require(s >= 0 && s < slots, "reads slot " + s + " of " + slots);
      require(written[op.cluster()].get(s), "reads slot " + s + " before it is written");
    }
    if (op instanceof Pass p) {
      pass(p);
    } else if (op instanceof Dot d) {
      dot(d);
    } else if (op instanceof Load l) {
      galois(l.galois());
    } else if (op instanceof Store s) {
      require(inside(s.to().segment()), "names segment " + s.to().segment());
      Segment target = segments.get(s.to().segment());
      require(target.access().writable(), "writes to input segment " + target.name());
    }
    for (Factor.InMemory m : CoreOp.memory(op)) {
      memory(m);
    }
    results(op);
    tags.check(op, ring);
  }

  private void pass(Pass p) {
    modulus(p.modulus());
    modulus(p.pre().source());
    require(p.pre().reduced() || p.pre().source() == 0, "has a source modulus but does not reduce");
    constant(p.modulus(), p.pre().constant());
    constant(p.modulus(), p.post().scale());
    constant(p.modulus(), p.post().constant());
    galois(p.galois());
    Post post = p.post();
    require(post.subtract() || post.x() == CoreLayout.SLOT_NONE, "has an x but does not subtract");
    require(post.scaled() || post.scale() == 0, "has a scale but does not multiply");
    require(post.y() == CoreLayout.SLOT_NONE || post.constant() == 0, "adds both y and a constant");
    require(!(p.a() instanceof Factor.Constant), "has a constant for a, expected a slot or memory");
    require(
        p.direction() == Direction.NONE || p.a() instanceof Factor.InSlot,
        "transforms what is in no slot");
  }

  private void dot(Dot d) {
    modulus(d.modulus());
    galois(d.galois());
    require(
        !d.terms().isEmpty() && d.terms().size() <= CoreLayout.TERMS_MAX,
        "has " + d.terms().size() + " terms, expected 1 to " + CoreLayout.TERMS_MAX);
    for (Term t : d.terms()) {
      if (t.b() instanceof Factor.Constant c) {
        constant(d.modulus(), c.value());
      }
    }
  }

  private void results(CoreOp op) {
    int galois = op instanceof Pass p ? p.galois() : op instanceof Dot d ? d.galois() : 1;
    boolean counts = op instanceof Pass p && p.countsZeros();
    require(
        op instanceof Store || op.d().size() == clusters,
        "names " + op.d().size() + " results, expected one for each of " + clusters + " clusters");
    boolean any = op instanceof Store || counts;
    for (int c = 0; c < op.d().size(); c++) {
      int d = op.d().get(c);
      if (d != CoreLayout.SLOT_NONE) {
        require(d >= 0 && d < slots, "writes slot " + d + " of " + slots);
        require(
            galois == 1 || c != op.cluster() || !CoreOp.sources(op).contains(d),
            "permutes its own operand in place");
        written[c].set(d);
        any = true;
      }
    }
    require(any, "has no result");
  }

  private void memory(Factor.InMemory m) {
    require(inside(m.at().segment()), "names segment " + m.at().segment());
    Segment s = segments.get(m.at().segment());
    Repeat r = m.repeat();
    require(
        r.shift() >= 0
            && r.shift() <= ring.degreeBits()
            && r.words(ring.degree()) >= DescriptorLayout.LINE_WORDS,
        "has the repeat " + r + ", which leaves less than a line");
    require(
        m.at().line() >= 0 && m.at().word() + r.words(ring.degree()) <= s.words(),
        "reaches line "
            + m.at().line()
            + ", outside segment "
            + s.name()
            + " of "
            + s.words() / DescriptorLayout.LINE_WORDS
            + " lines");
  }

  private boolean inside(int segment) {
    return segment >= 0 && segment < segments.size();
  }

  private void modulus(int index) {
    require(
        index >= 0 && index < ring.moduli().size(),
        "names modulus " + index + " of a table of " + ring.moduli().size());
  }

  private void constant(int modulus, long value) {
    require(
        value >= 0 && value < ring.modulus(modulus).value(),
        "has the constant " + value + ", expected one in [0, q)");
  }

  private void galois(int g) {
    require(
        (g & 1) == 1 && g > 0 && g < 2 * ring.degree(),
        "has the Galois element " + g + ", expected an odd number below 2N");
  }

  private static void require(boolean holds, String broken) {
    if (!holds) {
      throw new ProgramException(broken);
    }
  }
}
