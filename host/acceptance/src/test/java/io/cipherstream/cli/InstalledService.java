package io.cipherstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The Debian package, installed in a copy-on-write view of this machine, and its service, started
 * as the unit says and under its restrictions ({@code rack/service.py}).
 */
final class InstalledService implements AutoCloseable {

  private static final String PYTHON = "/usr/bin/python3";

  private final Process process;
  private final BufferedReader events;
  private final Writer commands;
  private final Path journal;
  private final Path errors;
  private final List<JsonNode> seen = new ArrayList<>();

  InstalledService(Path folder, Path debianPackage, String... variables) throws IOException {
    this.journal = folder.resolve("journal");
    this.errors = folder.resolve("errors");
    List<String> command =
        new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private", PYTHON));
    command.add(Path.of("src/test/resources/rack/service.py").toAbsolutePath().toString());
    command.add(Files.createDirectory(folder.resolve("view")).toString());
    command.add(debianPackage.toString());
    command.add("cipherstream.service");
    command.add(journal.toString());
    command.addAll(List.of(variables));
    this.process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    this.events = process.inputReader();
    this.commands = process.outputWriter();
  }

  /** What this machine lacks to do this; empty if nothing. */
  static String missing() throws IOException, InterruptedException {
    if (!done("unshare", "--mount", "true")) {
      return "mount namespaces: run the tests as root";
    }
    if (!done("systemd-analyze", "--version") || !done(PYTHON, "-c", "import seccomp")) {
      return "systemd and python3-seccomp: ./cipherstream test installs both";
    }
    return "";
  }

  private static boolean done(String... command) throws InterruptedException {
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
      return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Reads events up to one that fits. */
  JsonNode await(Predicate<JsonNode> fits) throws IOException {
    for (String line = events.readLine(); line != null; line = events.readLine()) {
      JsonNode event = Json.MAPPER.readTree(line);
      seen.add(event);
      if (fits.test(event)) {
        return event;
      }
      if (event.has("ended")) {
        break;
      }
    }
    throw new AssertionError(
        "not reached; events: " + seen + "; errors: " + Files.readString(errors) + journal());
  }

  /** Reads events up to what the service tells its manager. */
  void awaitTold(String state) throws IOException {
    await(event -> event.path("told").asText().equals(state));
  }

  /** The end of a program that {@code service.py} ran, by the start of its command. */
  JsonNode awaitTool(String first, String second) throws IOException {
    return await(
        event ->
            event.path("tool").path(0).asText().equals(first)
                && event.path("tool").path(1).asText().equals(second));
  }

  /** Runs a program in the view as user nobody, with a home of its own. */
  JsonNode run(String... words) throws IOException {
    command("run " + String.join(" ", words));
    return awaitTool(words[0], words[1]);
  }

  /** Runs a program in the view as root. */
  JsonNode asRoot(String... words) throws IOException {
    command("root " + String.join(" ", words));
    return awaitTool(words[0], words[1]);
  }

  /** A file of the view. */
  String read(String file) throws IOException {
    command("read " + file);
    return await(event -> event.path("file").asText().equals(file)).path("text").asText();
  }

  /** {@code hangup} or {@code stop}. */
  void command(String line) throws IOException {
    commands.write(line + "\n");
    commands.flush();
  }

  /** All that the service has written. */
  String journal() throws IOException {
    return Files.exists(journal) ? Files.readString(journal) : "";
  }

  @Override
  public void close() throws IOException, InterruptedException {
    commands.close();
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    events.close();
  }
}
