package io.cipherstream.server.cluster;

import io.cipherstream.server.config.NodeTag;
import io.cipherstream.server.config.ServerConfig.Cluster;
import io.cipherstream.server.config.ServerConfig.ClusterNode;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The nodes of the configuration, and how they and what they hold are named. */
final class ClusterNodes {

  private final String self;
  private final Map<String, ClusterNode> byName = new HashMap<>();
  private final Map<String, ClusterNode> byTag = new HashMap<>();

  /**
   * @param cluster of a configuration that was checked, with a node
   */
  ClusterNodes(Cluster cluster) {
    this.self = Objects.requireNonNull(cluster.node(), "the name of this node");
    for (ClusterNode node : cluster.nodes()) {
      byName.put(node.name(), node);
      byTag.put(NodeTag.of(node.name()), node);
    }
  }

  /** This node. */
  ClusterNode self() {
    return Objects.requireNonNull(byName.get(self), "this node is one of the nodes");
  }

  /** All nodes but this one, in the order of their names. */
  List<ClusterNode> others() {
    return byName.values().stream()
        .filter(node -> !node.name().equals(self))
        .sorted(java.util.Comparator.comparing(ClusterNode::name))
        .toList();
  }

  /** The other node that an id of a session or track names; empty for one of this node. */
  Optional<ClusterNode> elsewhere(String id) {
    if (id.length() < NodeTag.LENGTH) {
      return Optional.empty();
    }
    return Optional.ofNullable(byTag.get(id.substring(0, NodeTag.LENGTH)))
        .filter(node -> !node.name().equals(self));
  }

  /**
   * The address that stands for a node in the membership, on this machine's loopback: {@code
   * 127.115.x.y}, where x and y are the bytes of its tag. What is sent there reaches the node
   * itself through {@link MemberTunnels}.
   */
  static String memberAddress(ClusterNode node) {
    int tag = Integer.parseInt(NodeTag.of(node.name()), 16);
    return "127.115." + (tag >> 8) + "." + (tag & 0xff);
  }

  /** Whether a node runs on this machine, so that loopback reaches it without a tunnel. */
  static boolean isOnThisMachine(ClusterNode node) {
    try {
      InetAddress address = InetAddress.getByName(node.host());
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (UnknownHostException | SocketException e) {
      return false; // a name that is not known yet, as that of a pod which is still to start
    }
  }
}
