package io.cipherstream.ring;

import java.util.Arrays;

/**
 * A directed graph over numbered nodes in two arrays: the links of node n lead to {@code
 * targets[starts[n]]} … {@code targets[starts[n + 1] − 1]}.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Links(int[] starts, int[] targets) {

  /** Collects links, node after node. */
  static final class Builder {
    private final int[] starts;
    private int[] targets;
    private int nodes;
    private int size;

    Builder(int nodes) {
      starts = new int[nodes + 1];
      targets = new int[4 * nodes + 4];
    }

    /** A link of the node that is next to end. */
    void add(int target) {
      if (size == targets.length) {
        targets = Arrays.copyOf(targets, 2 * size);
      }
      targets[size++] = target;
    }

    void endNode() {
      starts[++nodes] = size;
    }

    Links build() {
      return new Links(starts, Arrays.copyOf(targets, size));
    }
  }

  int nodes() {
    return starts.length - 1;
  }

  int count(int node) {
    return starts[node + 1] - starts[node];
  }

  int[] of(int node) {
    return Arrays.copyOfRange(targets, starts[node], starts[node + 1]);
  }

  /** Every link the other way round. */
  Links reversed() {
    int[] from = new int[starts.length];
    for (int target : targets) {
      from[target + 1]++;
    }
    for (int n = 0; n < nodes(); n++) {
      from[n + 1] += from[n];
    }
    int[] next = from.clone();
    int[] sources = new int[targets.length];
    for (int n = 0; n < nodes(); n++) {
      for (int at = starts[n]; at < starts[n + 1]; at++) {
        sources[next[targets[at]]++] = n;
      }
    }
    return new Links(from, sources);
  }
}
