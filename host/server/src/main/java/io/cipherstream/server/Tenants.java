package io.cipherstream.server;

import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.server.config.ServerConfig.Tenant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The configured tenants, and the generated one if requested. */
final class Tenants {

  /** File in the data directory that holds the generated API key. */
  static final String FILE = "api-key";

  private static final int KEY_CHARS_MIN = 16;

  private Tenants() {}

  static List<Tenant> of(ServerConfig config) throws IOException {
    List<Tenant> tenants = new ArrayList<>(config.tenants());
    if (config.generateApiKey()) {
      String key = SecretFile.of(config.dataDirectory().resolve(FILE), "a key", KEY_CHARS_MIN);
      tenants.add(new Tenant("default", key, null, null, null, true));
    }
    return tenants;
  }
}
