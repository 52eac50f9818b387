package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A container image as {@code docker save} writes it, its layers laid over each other. */
final class UnpackedImage {

  private final Path root;
  private final JsonNode config;

  UnpackedImage(Path archive, Path folder) throws IOException, InterruptedException {
    Path image = Files.createDirectories(folder.resolve("image"));
    this.root = Files.createDirectories(folder.resolve("root"));
    tar("-C", image.toString(), "-xf", archive.toString());
    JsonNode manifest = json(image.resolve("manifest.json")).path(0);
    for (JsonNode layer : manifest.path("Layers")) {
      tar("-C", root.toString(), "-xzpf", image.resolve(layer.asText()).toString());
    }
    this.config = json(image.resolve(manifest.path("Config").asText())).path("config");
  }

  private static void tar(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("tar", "--warning=no-unknown-keyword"));
    command.addAll(List.of(words));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  static JsonNode json(Path file) throws IOException {
    return Json.MAPPER.readTree(Files.readAllBytes(file));
  }

  /** A file or folder of the image. */
  Path path(String absolute) {
    return root.resolve(absolute.substring(1));
  }

  Path root() {
    return root;
  }

  JsonNode config() {
    return config;
  }

  /** What this machine lacks to run it; empty if nothing. */
  static String missing() throws IOException, InterruptedException {
    Process tried =
        new ProcessBuilder("unshare", "--mount", "--pid", "--fork", "true")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    return tried.waitFor() == 0 ? "" : "mount and process namespaces: run the tests as root";
  }

  /**
   * Starts its entry point as a container engine would: as its user, with nothing to write but its
   * volumes, whose content is below {@code volumes}.
   *
   * @param variables beside those of the image
   * @param words in place of those of the image, if there are any
   */
  Process start(Path volumes, Path log, Map<String, String> variables, String... words)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("/usr/bin/unshare", "--mount", "--pid"));
    command.addAll(List.of("--fork", "--kill-child"));
    command.add(Path.of("src/test/resources/rack/container.sh").toAbsolutePath().toString());
    command.add(root.toString());
    command.add(config.path("User").asText());
    command.add(volumes.toString());
    config.path("Volumes").fieldNames().forEachRemaining(command::add);
    command.add("--");
    config.path("Entrypoint").forEach(word -> command.add(word.asText()));
    if (words.length == 0) {
      config.path("Cmd").forEach(word -> command.add(word.asText()));
    }
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    for (JsonNode each : config.path("Env")) {
      String[] pair = each.asText().split("=", 2);
      builder.environment().put(pair[0], pair[1]);
    }
    builder.environment().putAll(variables);
    return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /** Ends what was started; returns its status. */
  static int stopped(Process process) throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroy);
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      process.destroyForcibly(); // its child ends with it
    }
    return process.waitFor();
  }
}
