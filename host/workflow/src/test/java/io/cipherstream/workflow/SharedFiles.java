package io.cipherstream.workflow;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files of the {@code shared} folder beside the repository; tests skip where there is none. */
public final class SharedFiles {

  private SharedFiles() {}

  /** A file of shared/models; the calling test is skipped when it is absent. */
  public static Path model(String name) {
    Path folder = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    Path found = null;
    for (; folder != null && found == null; folder = folder.getParent()) {
      Path candidate = folder.resolve("shared/models").resolve(name);
      found = Files.exists(candidate) ? candidate : null;
    }
    assumeThat(found).as("shared/models/%s is beside the repository", name).isNotNull();
    return found;
  }
}
