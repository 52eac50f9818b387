package io.cipherstream.server.config;

import io.cipherstream.server.config.ServerConfig.Cluster;
import io.cipherstream.server.config.ServerConfig.ClusterNode;
import java.util.HashMap;
import java.util.Map;

/** Checks of the cluster's configuration beyond its types. */
final class ClusterChecks {

  /** A DNS label, since a node's certificate has its name as a DNS name. */
  private static final String NAME = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

  private ClusterChecks() {}

  static void check(Cluster cluster) {
    String own = cluster.node();
    if (own == null) {
      if (!cluster.nodes().isEmpty()) {
        throw new ConfigException(
            "cluster.node: expected the name of this node, one of cluster.nodes, received null");
      }
      return;
    }
    Map<String, String> tags = new HashMap<>();
    for (ClusterNode node : cluster.nodes()) {
      if (!node.name().matches(NAME)) {
        throw new ConfigException(
            "cluster.nodes: expected names of lower-case letters, digits and hyphens, at most 63,"
                + " received '"
                + node.name()
                + "'");
      }
      String other = tags.put(NodeTag.of(node.name()), node.name());
      if (other != null) {
        throw new ConfigException(
            "cluster.nodes: '"
                + other
                + "' and '"
                + node.name()
                + "' would mark their sessions alike; name one of them differently");
      }
    }
    if (!tags.containsValue(own)) {
      throw new ConfigException(
          "cluster.node: expected one of cluster.nodes, " + tags.values() + ", received " + own);
    }
    if (cluster.certificate() == null || cluster.key() == null || cluster.authority() == null) {
      throw new ConfigException(
          "cluster: expected certificate, key and authority, by which the nodes know each other");
    }
  }
}
