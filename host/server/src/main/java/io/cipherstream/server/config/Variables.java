package io.cipherstream.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Environment variables that set members of the configuration: {@code CIPHERSTREAM_BIND_PORT} sets
 * {@code bind.port}. A variable that names no member is refused, since it would otherwise be
 * silently ignored.
 */
final class Variables {

  static final String PREFIX = "CIPHERSTREAM_";

  /** Variables with the prefix that other parts of Cipherstream read. */
  private static final Set<String> OTHERS =
      Set.of(
          "CIPHERSTREAM_HOME",
          "CIPHERSTREAM_API_KEY",
          "CIPHERSTREAM_KEY_PASSPHRASE",
          "CIPHERSTREAM_CACHE",
          "CIPHERSTREAM_SEED");

  private static final String SIMULATION = "CIPHERSTREAM_SIM_";

  /**
   * Variables that Kubernetes and Docker set in every container beside a service named
   * "cipherstream".
   */
  private static final String SERVICE_LINK =
      "CIPHERSTREAM_SERVICE_(HOST|PORT(_.*)?)|CIPHERSTREAM_PORT_\\d+_(TCP|UDP|SCTP)(_.*)?"
          + "|CIPHERSTREAM_(NAME|ENV_.*)";

  private static final String SERVICE_ADDRESS = "(tcp|udp|sctp)://.*";

  private Variables() {}

  /**
   * The dotted members that the environment sets, in the order of their names.
   *
   * @throws ConfigException that names the variable, and the one that was probably meant
   */
  static Map<String, String> members(ObjectNode defaults, Map<String, String> environment) {
    Map<String, String> known = new TreeMap<>();
    collect(defaults, "", known);
    Map<String, String> set = new TreeMap<>();
    environment.forEach(
        (name, value) -> {
          if (!name.startsWith(PREFIX) || isAnothers(name, value)) {
            return;
          }
          String member = known.get(name);
          if (member == null) {
            Optional<String> meant = Nearest.to(name, known.keySet());
            throw new ConfigException(
                "environment variable "
                    + name
                    + ": names no member of the configuration"
                    + meant.map(m -> "; did you mean " + m + "?").orElse("")
                    + " (names are "
                    + PREFIX
                    + "BIND_PORT for bind.port, and so on)");
          }
          set.put(member, value);
        });
    return set;
  }

  private static boolean isAnothers(String name, String value) {
    return OTHERS.contains(name)
        || name.startsWith(SIMULATION)
        || name.matches(SERVICE_LINK)
        || (name.equals("CIPHERSTREAM_PORT") && value.matches(SERVICE_ADDRESS));
  }

  private static void collect(ObjectNode node, String path, Map<String, String> known) {
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String dotted = path + member.getKey();
      if (member.getValue() instanceof ObjectNode inner) {
        collect(inner, dotted + ".", known);
      } else {
        known.put(PREFIX + dotted.replace('.', '_').toUpperCase(Locale.ROOT), dotted);
      }
    }
  }
}
