package io.cipherstream.server.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.core.HazelcastInstance;
import io.cipherstream.server.config.ServerConfig.ClusterNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.Set;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which nodes are up, as a clustered Vert.x on Hazelcast sees it. It is a Vert.x of its own, so
 * that serving does not depend on it. It stores nothing of sessions, tenants or keys.
 */
final class Membership {

  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
  private static final String NAME = "cipherstream.node";

  /** Its advice to open Java's internals to it, which would make it faster where it is idle. */
  private static final java.util.logging.Logger WITHOUT_INTERNALS =
      java.util.logging.Logger.getLogger("com.hazelcast.instance.impl.HazelcastInstanceFactory");

  /** Seconds without a sign of life after which a node counts as gone. */
  private static final int SILENCE_SECONDS = 5;

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;

  private Membership(Vertx vertx, HazelcastInstance hazelcast) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
  }

  /**
   * Joins the others, or begins a cluster if none of them answers.
   *
   * @param left told the names of nodes that leave
   */
  static Future<Membership> join(ClusterNodes nodes, Consumer<String> left) {
    HazelcastClusterManager manager = new HazelcastClusterManager(config(nodes));
    VertxOptions options =
        new VertxOptions()
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(2)
            .setInternalBlockingPoolSize(4)
            .setEventBusOptions(
                new EventBusOptions().setHost(ClusterNodes.memberAddress(nodes.self())));
    return Vertx.builder()
        .with(options)
        .withClusterManager(manager)
        .buildClustered()
        .map(
            vertx -> {
              HazelcastInstance hazelcast = manager.getHazelcastInstance();
              hazelcast.getCluster().addMembershipListener(new Listener(left));
              return new Membership(vertx, hazelcast);
            });
  }

  private static Config config(ClusterNodes nodes) {
    WITHOUT_INTERNALS.setLevel(Level.OFF);
    ClusterNode self = nodes.self();
    Config config = new Config("cipherstream-" + self.name() + "-" + System.nanoTime());
    config.setClusterName("cipherstream");
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.local.localAddress", ClusterNodes.memberAddress(self));
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
    config.setProperty("hazelcast.max.no.heartbeat.seconds", String.valueOf(SILENCE_SECONDS));
    config.setProperty("hazelcast.merge.first.run.delay.seconds", "2");
    config.setProperty("hazelcast.merge.next.run.delay.seconds", "2");
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.setProperty("hazelcast.initial.min.cluster.size", "1");
    // It stores nothing that would have to be handed over before it leaves.
    config.setProperty("hazelcast.graceful.shutdown.max.wait", "1");
    config
        .getNetworkConfig()
        .setPort(MemberTunnels.MEMBER_PORT)
        .setPortAutoIncrement(false)
        .getRestApiConfig()
        .setEnabled(false);
    JoinConfig join = config.getNetworkConfig().getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true).setConnectionTimeoutSeconds(2);
    join.getTcpIpConfig().addMember(address(self));
    nodes.others().forEach(node -> join.getTcpIpConfig().addMember(address(node)));
    config.getMemberAttributeConfig().setAttribute(NAME, self.name());
    // What Vert.x keeps of its nodes; as its own default configuration has it.
    config.addMultiMapConfig(
        new MultiMapConfig("__vertx.subs")
            .setBackupCount(1)
            .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
    config.getMapConfig("__vertx.haInfo").setBackupCount(1);
    config.getMapConfig("__vertx.nodeInfo").setBackupCount(1);
    JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
    filter.getWhitelist().addPrefixes("io.vertx.spi.cluster.hazelcast.", "java.lang.");
    config.getSerializationConfig().setJavaSerializationFilterConfig(filter);
    return config;
  }

  private static String address(ClusterNode node) {
    return ClusterNodes.memberAddress(node) + ":" + MemberTunnels.MEMBER_PORT;
  }

  /** Names of the nodes that are up, this one among them. Does not block. */
  Set<String> up() {
    return hazelcast.getCluster().getMembers().stream()
        .map(Membership::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String name(Member member) {
    return String.valueOf(member.getAttribute(NAME));
  }

  Future<Void> leave() {
    return vertx.close();
  }

  private record Listener(Consumer<String> left) implements MembershipListener {
    @Override
    public void memberAdded(MembershipEvent event) {
      LOG.info("node {} joined", name(event.getMember()));
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
      LOG.warn("node {} left", name(event.getMember()));
      left.accept(name(event.getMember()));
    }
  }
}
