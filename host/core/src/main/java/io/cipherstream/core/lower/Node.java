package io.cipherstream.core.lower;

import io.cipherstream.core.Direction;
import io.cipherstream.core.Factor;
import io.cipherstream.ring.Operand;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An operation before it has a place, a cluster and slots. Fusion changes it. */
final class Node {

  /** Which operation it becomes. */
  enum Kind {
    LOAD,
    STORE,
    PASS,
    DOT
  }

  final Kind kind;

  /** Its place in the limb program: twice the instruction's number, one more for a store. */
  final int at;

  final int modulus;

  /** What it computes; null for STORE and for a pass that only counts. */
  @Nullable Value out;

  /** Whether it was fused into another node or computes nothing that is needed. */
  boolean dead;

  /** Whether it reads or writes memory whose accesses must keep their order. */
  boolean ordered;

  /** LOAD and STORE: the limb in memory. */
  @Nullable Operand memory;

  /** PASS and STORE: the operand; null for memory or zeros. */
  @Nullable Value a;

  /** PASS without a transform: the operand as a stream from memory. */
  Factor.@Nullable InMemory stream;

  Direction direction = Direction.NONE;
  boolean reduced;
  int source;
  long before;
  boolean zeros;
  boolean subtract;
  @Nullable Value x;
  boolean scaled;
  long scale;
  @Nullable Value y;
  long after;

  /** DOT. */
  List<GraphTerm> terms = new ArrayList<>();

  int galois = 1;

  /** Nodes that access the same memory earlier. */
  final List<Node> earlier = new ArrayList<>();

  /** Its number among the nodes that are scheduled. */
  int number;

  Node(Kind kind, int at, int modulus) {
    this.kind = kind;
    this.at = at;
    this.modulus = modulus;
  }

  boolean isTransform() {
    return kind == Kind.PASS && direction != Direction.NONE;
  }

  /** A pass without transform, permutation and counting. */
  boolean isWordwise() {
    return kind == Kind.PASS && direction == Direction.NONE && galois == 1 && !zeros && !ordered;
  }

  /** Whether nothing happens to its words on the way out. */
  boolean hasNoPost() {
    return !subtract && !scaled && y == null && after == 0;
  }

  boolean hasNoPre() {
    return !reduced && before == 0;
  }

  /** The values that it reads, once for each place. */
  List<Value> inputs() {
    List<Value> inputs = new ArrayList<>();
    for (@Nullable Value v : new @Nullable Value[] {a, x, y}) {
      if (v != null) {
        inputs.add(v);
      }
    }
    for (GraphTerm t : terms) {
      inputs.add(t.a());
      if (t.value() != null) {
        inputs.add(t.value());
      }
    }
    return inputs;
  }

  void link() {
    inputs().forEach(v -> v.uses.add(this));
  }

  void unlink() {
    inputs().forEach(v -> v.uses.remove(this));
  }

  /** Takes over what another node computes, which is no more. */
  void replace(Node other) {
    other.unlink();
    other.dead = true;
    out = other.out;
    if (out != null) {
      out.definition = this;
    }
  }
}
