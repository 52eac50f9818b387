package io.cipherstream.core.lower;

import java.util.List;

/**
 * The nodes in the order in which they start.
 *
 * @param nodes in that order
 * @param clusters the cluster of each, by {@link Node#number}
 */
record Plan(List<Node> nodes, int[] clusters) {

  int cluster(Node n) {
    return clusters[n.number];
  }
}
