package io.cipherstream.bench.run;

import io.cipherstream.seal.SealInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.util.Version;

/** Versions of what took part in a run. */
public final class Versions {

  private static final long GIT_SECONDS_MAX = 5;

  private Versions() {}

  static Map<String, String> of(BenchOptions options) {
    Map<String, String> versions = of(options.version());
    versions.put("SEAL", SealInfo.version());
    if (options.hexl().missing() == null) {
      versions.put("HEXL", options.hexl().version());
    }
    versions.put("JMH", Version.getPlainVersion());
    return versions;
  }

  /** Those of this program alone. */
  public static Map<String, String> of(String program) {
    Map<String, String> versions = new TreeMap<>();
    versions.put("cipherstream", program);
    git().ifPresent(version -> versions.put("git", version));
    return versions;
  }

  /** {@code git describe} of the source tree; empty outside one or without git. */
  private static Optional<String> git() {
    String root = System.getProperty("cipherstream.root");
    if (root == null) {
      return Optional.empty();
    }
    try {
      Process process =
          new ProcessBuilder("git", "describe", "--always", "--dirty", "--tags")
              .directory(Path.of(root).toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean ended = process.waitFor(GIT_SECONDS_MAX, TimeUnit.SECONDS);
      return ended && process.exitValue() == 0 ? Optional.of(text.strip()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // No git here.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
