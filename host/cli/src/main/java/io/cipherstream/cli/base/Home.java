package io.cipherstream.cli.base;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Folder of this user's data: {@code $CIPHERSTREAM_HOME}, else {@code $XDG_DATA_HOME/cipherstream},
 * else {@code ~/.local/share/cipherstream}.
 */
public final class Home {

  private Home() {}

  public static Path folder() {
    return folder(System.getenv(), System.getProperty("user.home", "."));
  }

  public static Path folder(Map<String, String> environment, String userHome) {
    String own = environment.get("CIPHERSTREAM_HOME");
    if (own != null && !own.isBlank()) {
      return Path.of(own).toAbsolutePath();
    }
    String data = environment.get("XDG_DATA_HOME");
    if (data != null && !data.isBlank()) {
      return Path.of(data).toAbsolutePath().resolve("cipherstream");
    }
    return Path.of(userHome).toAbsolutePath().resolve(".local/share/cipherstream");
  }

  /** Imported models, one folder each. */
  public static Path models() {
    return folder().resolve("models");
  }

  /** Secret keys, sessions and client packages. */
  public static Path client() {
    return folder().resolve("client");
  }

  /** Data of the appliance that {@code serve} runs. */
  public static Path server() {
    return folder().resolve("server");
  }

  /** Data of the appliances that commands start for themselves. */
  public static Path own() {
    return folder().resolve("own");
  }

  /** The models that come with the program, or null outside a source tree. */
  static @Nullable Path embeddedModels() {
    String root = System.getProperty("cipherstream.root");
    return root == null ? null : Path.of(root, "deploy", "models");
  }
}
