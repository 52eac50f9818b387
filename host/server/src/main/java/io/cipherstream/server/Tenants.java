package io.cipherstream.server;

import io.cipherstream.files.FileReplacer;
import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.server.config.ServerConfig.Tenant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
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
      Path file = config.dataDirectory().resolve(FILE);
      if (!Files.exists(file)) {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        FileReplacer.SECRET.replace(
            file, HexFormat.of().formatHex(key).getBytes(StandardCharsets.US_ASCII));
      }
      String key = Files.readString(file).strip();
      if (key.length() < KEY_CHARS_MIN) {
        throw new IOException(
            file + ": expected a key of at least 16 characters; delete it to generate one");
      }
      tenants.add(new Tenant("default", key, null, null, null, true));
    }
    return tenants;
  }
}
