package io.cipherstream.core.lower;

import io.cipherstream.core.Direction;
import io.cipherstream.core.Factor;
import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.Instruction;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.Modulus;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.Repeat;
import io.cipherstream.ring.Segment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns a limb program into values and the nodes that compute them.
 *
 * <p>For every line of memory it knows the instruction that wrote it last. An operand that is
 * exactly the limb of one instruction is that instruction's value and needs no memory. One that
 * lies in what a FILL wrote is a constant. Whatever else was written before, in part or by several,
 * is read back from memory: the writers are stored, and the accesses keep their order.
 */
final class GraphBuilder {

  private static final int NONE = -1;

  private final LimbProgram program;
  private final int degree;
  private final int limb;
  private final List<Node> nodes = new ArrayList<>();
  private final List<int @Nullable []> writers = new ArrayList<>();
  private final BitSet[] everWritten;
  private final @Nullable Value[] valueOf;
  private final BitSet stored = new BitSet();
  private final Map<Operand, Value> initial = new HashMap<>();

  private GraphBuilder(LimbProgram program) {
    this.program = program;
    this.degree = program.ring().degree();
    this.limb = program.ring().limbLines();
    int segments = program.segments().size();
    this.everWritten = new BitSet[segments];
    this.valueOf = new @Nullable Value[program.instructions().size()];
    for (int s = 0; s < segments; s++) {
      everWritten[s] = new BitSet();
      writers.add(null);
    }
    for (Instruction i : program.instructions()) {
      Operand d = i.d();
      if (d != null) {
        everWritten[d.segment()].set(d.line(), d.line() + limb);
        if (writers.get(d.segment()) == null) {
          long words = program.segments().get(d.segment()).words();
          int[] none = new int[(int) (words / DescriptorLayout.LINE_WORDS)];
          Arrays.fill(none, NONE);
          writers.set(d.segment(), none);
        }
      }
    }
  }

  /** The nodes in the order of the program; their uses are linked. */
  static List<Node> of(LimbProgram program) {
    return new GraphBuilder(program).all();
  }

  private List<Node> all() {
    for (int i = 0; i < valueOf.length; i++) {
      Instruction x = program.instructions().get(i);
      one(i, x);
      Operand d = x.d();
      if (d != null) {
        Arrays.fill(lines(d), d.line(), d.line() + limb, i);
      }
    }
    for (Segment s : program.segments()) {
      int[] lines = writers.get(s.index());
      if (s.access() != Segment.Access.SCRATCH && lines != null) {
        Arrays.stream(lines).filter(w -> w != NONE).forEach(stored::set);
      }
    }
    for (int i = stored.nextSetBit(0); i >= 0; i = stored.nextSetBit(i + 1)) {
      Node store = node(Node.Kind.STORE, 2 * i + 1, 0);
      store.a = written(i);
      store.memory = program.instructions().get(i).d();
      store.ordered = true;
    }
    nodes.sort((a, b) -> Integer.compare(a.at, b.at));
    nodes.forEach(Node::link);
    return nodes;
  }

  private int[] lines(Operand at) {
    return Objects.requireNonNull(writers.get(at.segment()));
  }

  private Node node(Node.Kind kind, int at, int modulus) {
    Node n = new Node(kind, at, modulus);
    nodes.add(n);
    return n;
  }

  private Node node(Node.Kind kind, int i, Instruction x) {
    Node n = node(kind, 2 * i, x.modulus());
    if (x.d() != null) {
      n.out = new Value(n, null);
      valueOf[i] = n.out;
    }
    return n;
  }

  private void one(int i, Instruction x) {
    Modulus q = program.ring().modulus(x.modulus());
    switch (x.opcode()) {
      case NTT, INTT -> {
        Node n = pass(i, x, limbAt(x.a(), i));
        n.direction = x.opcode() == Opcode.NTT ? Direction.NTT : Direction.INTT;
      }
      case MUL, MAC -> {
        Node n = node(Node.Kind.DOT, i, x);
        accumulate(n, i, x);
        product(n, i, x);
      }
      case MACC -> {
        Node n = node(Node.Kind.DOT, i, x);
        accumulate(n, i, x);
        n.terms.add(new GraphTerm(limbAt(x.a(), i), null, new Factor.Constant(x.constant())));
      }
      case ADD, SUB -> sum(i, x, q);
      case NEG -> pass(i, x, limbAt(x.a(), i)).subtract = true;
      case SCALE -> {
        Node n = pass(i, x, limbAt(x.a(), i));
        n.scaled = true;
        n.scale = x.constant();
      }
      case ADDC -> pass(i, x, limbAt(x.a(), i)).after = x.constant();
      case REDUCE -> {
        Node n = pass(i, x, limbAt(x.a(), i));
        n.reduced = true;
        n.source = x.sourceModulus();
      }
      case PERM -> pass(i, x, limbAt(x.a(), i)).galois = x.galois();
      case COPY -> valueOf[i] = limbAt(x.a(), i);
      case FILL -> {
        // A node only if its value is read as a limb: see written.
      }
      case ZEROS -> pass(i, x, limbAt(x.a(), i)).zeros = true;
    }
  }

  private Node pass(int i, Instruction x, @Nullable Value a) {
    Node n = node(Node.Kind.PASS, i, x);
    n.a = a;
    return n;
  }

  /** The old d of MAC and MACC as a term; a FILL with zeros adds nothing. */
  private void accumulate(Node n, int i, Instruction x) {
    if (x.opcode().readsD()) {
      Operand d = Objects.requireNonNull(x.d());
      Instruction fill = filled(d, limb);
      if (fill == null || fill.constant() != 0) {
        n.terms.add(GraphTerm.plain(limbAt(d, i)));
      }
    }
  }

  private void product(Node n, int i, Instruction x) {
    Modulus q = program.ring().modulus(x.modulus());
    Instruction bFill = filled(x.b(), shortLines(x));
    Instruction aFill = filled(x.a(), limb);
    if (bFill != null && bFill.constant() < q.value()) {
      Factor c = new Factor.Constant(bFill.constant());
      n.terms.add(new GraphTerm(limbAt(x.a(), i), null, c));
    } else if (aFill != null && aFill.constant() < q.value() && isLimb(x)) {
      Factor c = new Factor.Constant(aFill.constant());
      n.terms.add(new GraphTerm(limbAt(x.b(), i), null, c));
    } else if (isLimb(x)) {
      n.terms.add(new GraphTerm(limbAt(x.a(), i), limbAt(x.b(), i), null));
    } else {
      n.terms.add(new GraphTerm(limbAt(x.a(), i), null, shortAt(n, x)));
    }
  }

  private void sum(int i, Instruction x, Modulus q) {
    boolean subtracts = x.opcode() == Opcode.SUB;
    Instruction fill = filled(x.b(), shortLines(x));
    if (fill != null && fill.constant() < q.value()) {
      Node n = pass(i, x, limbAt(x.a(), i));
      n.after = subtracts ? q.negate(fill.constant()) : fill.constant();
      return;
    }
    Value a = limbAt(x.a(), i);
    Node n = pass(i, x, isLimb(x) ? limbAt(x.b(), i) : null);
    if (!isLimb(x)) {
      n.stream = shortAt(n, x);
    }
    n.subtract = subtracts;
    if (subtracts) {
      n.x = a;
    } else {
      n.y = a;
    }
  }

  private boolean isLimb(Instruction x) {
    return x.repeat().equals(Repeat.NONE);
  }

  private int shortLines(Instruction x) {
    return x.repeat().words(degree) / DescriptorLayout.LINE_WORDS;
  }

  /** The FILL that wrote all of it, if one did. */
  private @Nullable Instruction filled(@Nullable Operand at, int count) {
    int writer = at == null ? NONE : writer(at, count);
    Instruction fill = writer == NONE ? null : program.instructions().get(writer);
    return fill != null && fill.opcode() == Opcode.FILL ? fill : null;
  }

  /** The instruction that wrote all of these lines last, or NONE. */
  private int writer(Operand at, int count) {
    int[] lines = writers.get(at.segment());
    if (lines == null) {
      return NONE;
    }
    for (int k = 1; k < count; k++) {
      if (lines[at.line() + k] != lines[at.line()]) {
        return NONE;
      }
    }
    return lines[at.line()];
  }

  private Factor.InMemory shortAt(Node n, Instruction x) {
    Operand b = Objects.requireNonNull(x.b());
    n.ordered |= fromMemory(b, shortLines(x));
    return new Factor.InMemory(b, x.repeat());
  }

  /** Notes that lines are read from memory; whether accesses there must keep their order. */
  private boolean fromMemory(Operand at, int count) {
    int[] lines = writers.get(at.segment());
    for (int k = at.line(); lines != null && k < at.line() + count; k++) {
      if (lines[k] != NONE) {
        stored.set(lines[k]);
      }
    }
    int next = everWritten[at.segment()].nextSetBit(at.line());
    return next >= 0 && next < at.line() + count;
  }

  private Value limbAt(@Nullable Operand operand, int i) {
    Operand at = Objects.requireNonNull(operand);
    int writer = writer(at, limb);
    if (writer != NONE
        && Objects.requireNonNull(program.instructions().get(writer).d()).equals(at)) {
      return written(writer);
    }
    if (!fromMemory(at, limb)) {
      return initial.computeIfAbsent(at, o -> new Value(null, o));
    }
    Node load = node(Node.Kind.LOAD, 2 * i, 0);
    load.memory = at;
    load.ordered = true;
    load.out = new Value(load, null);
    return load.out;
  }

  /** The value of an instruction; that of a FILL becomes a node when it is first asked for. */
  private Value written(int i) {
    Value v = valueOf[i];
    if (v == null) {
      Instruction fill = program.instructions().get(i);
      Node n = pass(i, fill, null);
      n.after = fill.constant();
      v = Objects.requireNonNull(n.out);
    }
    return v;
  }
}
