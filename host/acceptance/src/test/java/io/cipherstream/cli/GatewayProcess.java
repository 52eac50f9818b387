package io.cipherstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The gateway as its users run it, and programs that ask it by real client libraries. */
final class GatewayProcess implements AutoCloseable {

  static final String TOKEN = "a-token-for-the-gateways-tests";

  private static final long MINUTES_MAX = 10;
  private static final String CRASH = "crash-";

  private final Programs programs;
  private final Path home;
  private final Path log;
  private final Process process;
  private final String url;
  private final int grpcPort;

  /** Starts it and waits until every model can be asked. */
  GatewayProcess(Programs programs, Path home, String... arguments)
      throws IOException, InterruptedException {
    this.programs = programs;
    this.home = home;
    this.log = Files.createTempFile(home, "gateway", ".log");
    Path out = Files.createTempFile(home, "gateway", ".out");
    Path token = Files.writeString(home.resolve("gateway.token"), TOKEN + "\n");
    List<String> all = new ArrayList<>(List.of("gateway", "--port", "0", "--grpc-port", "0"));
    all.addAll(List.of("--token-file", token.toString()));
    all.addAll(List.of(arguments));
    programs.withOption("-XX:ErrorFile=" + home.resolve(CRASH + "%p"));
    this.process = programs.start(out, log, all.toArray(String[]::new));
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES_MAX);
    String ready = "";
    while (ready.isEmpty()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new AssertionError("no gateway: " + Files.readString(log));
      }
      process.waitFor(100, TimeUnit.MILLISECONDS);
      ready =
          Files.readAllLines(out).stream()
              .filter(line -> line.contains("\"ready\""))
              .findFirst()
              .orElse("");
    }
    JsonNode state = Json.MAPPER.readTree(ready);
    this.url = state.path("url").asText();
    this.grpcPort = state.path("grpcPort").asInt();
  }

  String url() {
    return url;
  }

  /** All that it logged so far. */
  String log() throws IOException {
    return Files.readString(log);
  }

  Process process() {
    return process;
  }

  /** Lets Java crash, as by a defect of native code; returns its report. */
  Path crash() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-SEGV", Long.toString(process.pid())).start().waitFor();
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      throw new AssertionError("a gateway that goes on after SIGSEGV");
    }
    try (Stream<Path> files = Files.list(home)) {
      return files
          .filter(file -> file.getFileName().toString().equals(CRASH + process.pid()))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no report of a crash"));
    }
  }

  /** Runs one of the test's Python programs, which prints one JSON object. */
  JsonNode python(String program, String... arguments) throws IOException, InterruptedException {
    Path python = programs.root().resolve("target/setup/clients/bin/python");
    if (!Files.isExecutable(python)) {
      throw new AssertionError(
          "no " + python + ": './cipherstream test' makes it, with the client libraries");
    }
    List<String> command = new ArrayList<>(List.of(python.toString()));
    command.add(
        programs
            .root()
            .resolve("host/acceptance/src/test/resources/gateway")
            .resolve(program)
            .toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    // What Python compiles serves the next program, and none of it lies beside the sources.
    Path compiled = programs.root().resolve("target/setup/clients/compiled");
    builder.environment().put("PYTHONPYCACHEPREFIX", compiled.toString());
    builder
        .environment()
        .putAll(
            Map.of(
                "OPENAI_BASE_URL",
                url + "/v1",
                "OPENAI_API_KEY",
                TOKEN,
                "GATEWAY_ADDRESS",
                url.replaceFirst("https?://", ""),
                "GATEWAY_GRPC_ADDRESS",
                "127.0.0.1:" + grpcPort,
                "GATEWAY_TOKEN",
                TOKEN));
    Path out = Files.createTempFile(home, "python", ".out");
    Path err = Files.createTempFile(home, "python", ".err");
    Process asked = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    if (!asked.waitFor(MINUTES_MAX, TimeUnit.MINUTES) || asked.exitValue() != 0) {
      asked.destroyForcibly();
      throw new AssertionError(program + ": " + Files.readString(err) + "\ngateway: " + log());
    }
    return Json.MAPPER.readTree(Files.readString(out));
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
  }
}
