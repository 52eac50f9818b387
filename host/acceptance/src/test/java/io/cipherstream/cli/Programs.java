package io.cipherstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.appliance.ApplianceState;
import io.cipherstream.cli.appliance.ServerProcess;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.OutOfMemory;
import io.cipherstream.client.ClientOptions;
import io.cipherstream.client.Trust;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the command line as users do: a process of its own on the class path that was packaged, or
 * where what commands say is tested rather than how a process begins and ends, one process for all
 * commands of a test class.
 */
final class Programs implements AutoCloseable {

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

  /**
   * Where JavaCPP unpacks native libraries. Its common folder takes a rebuilt library for the old
   * one, since the dates in the jars are fixed.
   */
  private static final String NATIVE_CACHE = "org.bytedeco.javacpp.cachedir";

  private final Path root = Path.of(System.getProperty("cipherstream.root"));
  private final Path home;
  private final Path serverClassPath;
  private Path seenRoot = root;
  private final Map<String, String> environment = new HashMap<>();
  private String options = BRIEF;
  private boolean shared;
  private @Nullable Process host;

  Programs(Path home) throws IOException {
    this.home = home;
    this.serverClassPath = home.resolve("server.classpath");
    System.setProperty("cipherstream.server.classpath", serverClassPath.toString());
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

  /** Gives Java one more option in the programs that are started from now on. */
  Programs withOption(String option) {
    if (!options.contains(option)) {
      options += " " + option;
    }
    return this;
  }

  /** Lets the programs take another folder for the tree. */
  Programs withRoot(Path other) {
    seenRoot = other;
    return this;
  }

  /** Lets one process run all commands, from the first to {@link #close}. */
  Programs inOneProcess() {
    shared = true;
    return this;
  }

  Path root() {
    return root;
  }

  Finished run(String... arguments) throws IOException, InterruptedException {
    Path out = Files.createTempFile(home, "out", ".txt");
    Path err = Files.createTempFile(home, "err", ".txt");
    int exitCode = shared ? hosted(out, err, arguments) : alone(out, err, arguments);
    return new Finished(exitCode, Files.readString(out), Files.readString(err));
  }

  private int alone(Path out, Path err, String... arguments)
      throws IOException, InterruptedException {
    Process process = start(out, err, arguments);
    if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw stillRunning(arguments);
    }
    return process.exitValue();
  }

  private static AssertionError stillRunning(String... arguments) {
    return new AssertionError(
        "still running after " + MINUTES_MAX + " minutes: " + List.of(arguments));
  }

  private int hosted(Path out, Path err, String... arguments)
      throws IOException, InterruptedException {
    Process process = host();
    List<String> request = new ArrayList<>(List.of(out.toString(), err.toString()));
    request.addAll(List.of(arguments));
    process.outputWriter().write(Json.MAPPER.writeValueAsString(request) + "\n");
    process.outputWriter().flush();
    try {
      return CompletableFuture.supplyAsync(() -> answer(process))
          .get(MINUTES_MAX, TimeUnit.MINUTES);
    } catch (TimeoutException e) {
      close();
      throw stillRunning(arguments);
    } catch (ExecutionException e) {
      throw new AssertionError(Files.readString(hostLog()), e);
    }
  }

  private static int answer(Process process) {
    return process
        .inputReader()
        .lines()
        .filter(line -> line.startsWith(CommandHost.ANSWER))
        .findFirst()
        .map(line -> Integer.parseInt(line.substring(CommandHost.ANSWER.length())))
        .orElseThrow(() -> new IllegalStateException("the process has ended"));
  }

  private Process host() throws IOException {
    Process running = host;
    if (running == null) {
      ProcessBuilder builder = java(CommandHost.class.getName(), List.of());
      String classes =
          Path.of(CommandHost.class.getProtectionDomain().getCodeSource().getLocation().getPath())
              .toString();
      builder.environment().merge("CLASSPATH", classes, (path, own) -> path + ":" + own);
      running = builder.redirectError(hostLog().toFile()).start();
      host = running;
    }
    return running;
  }

  private Path hostLog() {
    return home.resolve("commands.log");
  }

  /** Ends the process that runs all commands, if there is one. */
  @Override
  public void close() {
    if (host != null) {
      host.destroy();
      host = null;
    }
  }

  /** Starts the command line; its output goes to a file, its messages to another. */
  Process start(Path out, Path err, String... arguments) throws IOException {
    return java(Main.class.getName(), List.of(arguments))
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
  }

  /**
   * A file that stands for the launcher in scripts under test: it runs the command line, or for
   * {@code serve} the appliance, as they were packaged. The launcher itself would build the tree,
   * which the tests have built without it.
   */
  Path launcher() throws IOException {
    Path file = home.resolve("launcher.sh");
    Files.writeString(
        file,
        """
        #!/bin/sh
        export JDK_JAVA_OPTIONS="$JDK_JAVA_OPTIONS %s"
        if [ "$1" = serve ]; then
          shift
          %s
        fi
        %s
        """
            .formatted(
                BRIEF, exec(appliance(List.of())), exec(java(Main.class.getName(), List.of()))));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file;
  }

  private static String exec(ProcessBuilder builder) {
    return "CLASSPATH='%s' exec %s \"$@\""
        .formatted(builder.environment().get("CLASSPATH"), String.join(" ", builder.command()));
  }

  private ProcessBuilder java(String main, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + root.resolve("deploy/setup/client.jvm"));
    command.addAll(archive("cli"));
    command.add("-Dcipherstream.root=" + seenRoot);
    command.add(natives());
    command.add("-Dcipherstream.server.classpath=" + serverClassPath);
    command.add(main);
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CLASSPATH", packaged("host/cli/target", "cipherstream-cli.jar"));
    builder.environment().put("CIPHERSTREAM_HOME", home.toString());
    builder.environment().put(OutOfMemory.JAVA_OPTIONS, options);
    builder.environment().putAll(environment);
    return builder;
  }

  /** Starts a program from the classes that {@code archives.sh} has archived, where it has. */
  private List<String> archive(String module) {
    Path file = root.resolve("host/acceptance/target/archives").resolve(module + ".jsa");
    return Files.isReadable(file)
        ? List.of("-XX:SharedArchiveFile=" + file, "-Xlog:cds=off", "-Xlog:cds+dynamic=off")
        : List.of();
  }

  private String natives() {
    return "-D" + NATIVE_CACHE + "=" + home.resolve("natives");
  }

  private ProcessBuilder appliance(List<String> arguments) {
    ProcessBuilder builder = ServerProcess.builder(arguments);
    builder.command().add(1, natives());
    builder.command().addAll(1, archive("server"));
    return builder;
  }

  /** A running appliance, as {@code serve} starts it, with its state once it is ready. */
  Served serve(String... arguments) throws IOException, InterruptedException {
    List<String> all =
        new ArrayList<>(List.of("--port", "0", "--stop-with-stdin", "--generate-api-key"));
    all.addAll(List.of("--data", home.resolve("server").toString()));
    all.addAll(List.of(arguments));
    ProcessBuilder builder = appliance(all);
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

  /**
   * How a client of the test's own asks an appliance that {@link #serve} has started.
   *
   * @param own its folder, in the home
   */
  ClientOptions client(Served served, String own) {
    ClientOptions.Builder options =
        ClientOptions.builder(served.state().url(), home.resolve(own))
            .trust(Trust.fingerprint(served.state().certificateSha256()));
    ApplianceState.apiKey(home.resolve("server")).ifPresent(options::apiKey);
    return options.build();
  }

  /** The class path of a program: its own jar and the libraries it was packaged with. */
  private String packaged(String folder, String jar) throws IOException {
    Path target = root.resolve(folder);
    return target.resolve(jar)
        + File.pathSeparator
        + Files.readString(target.resolve("runtime.classpath")).strip();
  }
}
