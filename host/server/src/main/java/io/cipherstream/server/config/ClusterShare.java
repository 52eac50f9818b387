package io.cipherstream.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The limits of a day, of which each node of a cluster gets an equal share. The nodes count apart,
 * so that the whole cluster never exceeds a limit, whichever of them do not reach each other.
 */
final class ClusterShare {

  private static final List<String> OF_A_DAY =
      List.of(
          "sealedAnswersPerTenantPerDayMax",
          "inferencesPerTenantPerDayMax",
          "computeSecondsPerTenantPerDayMax");

  private ClusterShare() {}

  /**
   * Divides the limits in a configuration that has been checked.
   *
   * @param nodes at least 1
   */
  static void divide(ObjectNode tree, int nodes) {
    divideIn(tree.path("limits"), nodes);
    for (JsonNode tenant : tree.path("tenants")) {
      divideIn(tenant.path("limits"), nodes);
    }
  }

  private static void divideIn(JsonNode limits, int nodes) {
    if (limits instanceof ObjectNode members) {
      for (String name : OF_A_DAY) {
        long most = members.path(name).asLong(0);
        if (most > 0) { // 0: any number
          members.put(name, Math.max(1, most / nodes));
        }
      }
    }
  }
}
