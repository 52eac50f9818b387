package io.cipherstream.core.lower;

import io.cipherstream.ring.Operand;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A limb that is written once: what a node computes, or what memory held that the program never
 * writes.
 */
final class Value {

  /** What computes it; null for memory. */
  @Nullable Node definition;

  /** Where it lies in memory; null for what a node computes. */
  final @Nullable Operand origin;

  /** Galois element by which it is permuted as it is loaded. */
  int galois = 1;

  /** The nodes that read it, once for each place. */
  final List<Node> uses = new ArrayList<>();

  Value(@Nullable Node definition, @Nullable Operand origin) {
    this.definition = definition;
    this.origin = origin;
  }

  /** Whether exactly one node reads it, in one place. */
  boolean single() {
    return uses.size() == 1;
  }
}
