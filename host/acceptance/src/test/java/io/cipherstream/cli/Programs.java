package io.cipherstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.appliance.ApplianceState;
import io.cipherstream.cli.appliance.ServerProcess;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.OutOfMemory;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs the command line as users do: a process of its own on the class path that was packaged. */
final class Programs {

  private static final long MINUTES_MAX = 10;

  /** Programs and the appliances they start end before optimised code of theirs would pay. */
  private static final String BRIEF = "-XX:TieredStopAtLevel=1";

  /**
   * Those that move keys of hundreds of megabytes spend most of their time on AES, GHASH and
   * SHA-256, which only C2 compiles to the processor's instructions: it compiles these at once, all
   * else late.
   */
  private static final String LARGE_KEYS =
      "-XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000"
          + " -XX:Tier4CompileThreshold=150000 -XX:Tier4BackEdgeThreshold=1000000"
          + " -XX:CompileCommand=quiet"
          + " -XX:CompileCommand=CompileThresholdScaling,com.sun.crypto.provider.*::*,0.01"
          + " -XX:CompileCommand=CompileThresholdScaling,sun.security.provider.*::*,0.01";

  private final Path root = Path.of(System.getProperty("cipherstream.root"));
  private final Path home;
  private final Path serverClassPath;
  private Path seenRoot = root;
  private final Map<String, String> environment = new HashMap<>();
  private String options = BRIEF;

  Programs(Path home) throws IOException {
    this.home = home;
    this.serverClassPath = home.resolve("server.classpath");
    Files.writeString(serverClassPath, packaged("host/server/target", "cipherstream-server.jar"));
  }

  /** What a finished process left. */
  record Finished(int exitCode, String out, String err) {

    List<JsonNode> json() throws IOException {
      List<JsonNode> objects = new ArrayList<>();
      for (String line : out.lines().toList()) {
        objects.add(Json.MAPPER.readTree(line));
      }
      return objects;
    }
  }

  /** Sets a variable for the programs that are started from now on. */
  Programs with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Lets the programs compile what large keys need. */
  Programs withLargeKeys() {
    options = LARGE_KEYS;
    return this;
  }

  /** Lets the programs take another folder for the tree. */
  Programs withRoot(Path other) {
    seenRoot = other;
    return this;
  }

  Path root() {
    return root;
  }

  Finished run(String... arguments) throws IOException, InterruptedException {
    Path out = Files.createTempFile(home, "out", ".txt");
    Path err = Files.createTempFile(home, "err", ".txt");
    Process process =
        client(List.of(arguments)).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError(
          "still running after " + MINUTES_MAX + " minutes: " + List.of(arguments));
    }
    return new Finished(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /** Starts the command line; its output goes to a file, its messages to another. */
  Process start(Path out, Path err, String... arguments) throws IOException {
    return client(List.of(arguments))
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
  }

  private ProcessBuilder client(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + root.resolve("deploy/setup/client.jvm"));
    command.add("-Dcipherstream.root=" + seenRoot);
    command.add("-Dcipherstream.server.classpath=" + serverClassPath);
    command.add(Main.class.getName());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CLASSPATH", packaged("host/cli/target", "cipherstream-cli.jar"));
    builder.environment().put("CIPHERSTREAM_HOME", home.toString());
    builder.environment().put(OutOfMemory.JAVA_OPTIONS, options);
    builder.environment().putAll(environment);
    return builder;
  }

  /** A running appliance, as {@code serve} starts it, with its state once it is ready. */
  Served serve(String... arguments) throws IOException, InterruptedException {
    System.setProperty("cipherstream.server.classpath", serverClassPath.toString());
    List<String> all =
        new ArrayList<>(List.of("--port", "0", "--stop-with-stdin", "--generate-api-key"));
    all.addAll(List.of("--data", home.resolve("server").toString()));
    all.addAll(List.of(arguments));
    ProcessBuilder builder = ServerProcess.builder(all);
    builder.environment().put(OutOfMemory.JAVA_OPTIONS, options);
    Process process = builder.redirectError(home.resolve("server.log").toFile()).start();
    try (var lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Optional<ApplianceState> state = ApplianceState.parse(line);
        if (state.isPresent() && state.get().ready()) {
          return new Served(process, state.get());
        }
      }
    }
    throw new AssertionError("no appliance: " + Files.readString(home.resolve("server.log")));
  }

  /** A running appliance. */
  record Served(Process process, ApplianceState state) implements AutoCloseable {
    @Override
    public void close() {
      process.destroy();
      try {
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The class path of a program: its own jar and the libraries it was packaged with. */
  private String packaged(String folder, String jar) throws IOException {
    Path target = root.resolve(folder);
    return target.resolve(jar)
        + File.pathSeparator
        + Files.readString(target.resolve("runtime.classpath")).strip();
  }
}
