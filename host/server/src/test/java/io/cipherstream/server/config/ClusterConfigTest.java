package io.cipherstream.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a cluster's configuration may say, and what each node's share of a day is. */
class ClusterConfigTest {

  private static final String THREE =
      "[{name: a, host: h1, port: 7443}, {name: b, host: h2, port: 7443}, {name: c, host: h3, port:"
          + " 7443}]";

  private static ServerConfig load(String... settings) {
    Map<String, String> all = new HashMap<>();
    all.put(
        "tenants",
        "[{name: t, apiKey: key-0123456789-0123, limits: {inferencesPerTenantPerDayMax: 10}}]");
    all.put("cluster.certificate", "a.pem");
    all.put("cluster.key", "a.key");
    all.put("cluster.authority", "authority.pem");
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      all.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    return ConfigLoader.load(null, Map.of(), all);
  }

  @Test
  void eachNodeHasItsShareOfALimitOfADayAndTheWholeOfOthers() {
    Limits alone = load().limits();
    ServerConfig node =
        load(
            "cluster.node=a",
            "cluster.nodes=" + THREE,
            "limits.computeSecondsPerTenantPerDayMax=2",
            "limits.sealedAnswersPerTenantPerDayMax=5000");
    assertThat(node.limits().sealedAnswersPerTenantPerDayMax()).isEqualTo(1666);
    assertThat(node.limits().inferencesPerTenantPerDayMax()).as("any number").isZero();
    assertThat(node.limits().computeSecondsPerTenantPerDayMax()).as("never none").isEqualTo(1);
    assertThat(node.limits().sessionsPerTenantMax()).isEqualTo(alone.sessionsPerTenantMax());
    assertThat(node.tenants().get(0).limits().inferencesPerTenantPerDayMax()).isEqualTo(3);
  }

  @Test
  void anApplianceAloneNeedsNothing() {
    assertThat(load().cluster().node()).isNull();
    assertThat(load().limits().sealedAnswersPerTenantPerDayMax()).isEqualTo(5000);
  }

  @Test
  void whatCannotBeIsRefused() {
    refused("cluster.node", "cluster.nodes=" + THREE);
    refused("expected one of cluster.nodes", "cluster.node=d", "cluster.nodes=" + THREE);
    refused(
        "would mark their sessions alike",
        "cluster.node=a",
        "cluster.nodes=[{name: a, host: h, port: 1}, {name: a, host: h, port: 2}]");
    refused("'A'", "cluster.node=A", "cluster.nodes=[{name: A, host: h, port: 1}]");
    refused("port", "cluster.node=a", "cluster.nodes=[{name: a, host: h, port: 0}]");
    refused("authority", "cluster.node=a", "cluster.nodes=" + THREE, "cluster.authority=null");
  }

  private static void refused(String named, String... settings) {
    assertThatThrownBy(() -> load(settings))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(named);
  }

  @Test
  void aTagIsTheBeginningOfTheNamesDigest() {
    // printf a | sha256sum
    assertThat(NodeTag.of("a")).isEqualTo("ca97");
    assertThat(NodeTag.of("b")).isEqualTo("3e23");
  }
}
