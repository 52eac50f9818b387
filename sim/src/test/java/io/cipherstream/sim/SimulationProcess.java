package io.cipherstream.sim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A process of its own, with its own environment: the simulation reads that once, when a process
 * loads it. Nothing of the simulation's settings comes from the environment of the tests.
 */
final class SimulationProcess {

  /** Seed of everything random; {@code -Dseed=…} chooses another. */
  static final long SEED = Long.getLong("seed", 20261124);

  static final Path ROOT = Path.of(System.getProperty("cipherstream.root", "..")).toAbsolutePath();

  private static final Path IMAGES =
      Path.of(System.getProperty("cipherstream.images", ROOT.resolve("target/images").toString()));
  private static final long MINUTES_MAX = 5;

  private final String program;
  private final Map<String, String> environment = new TreeMap<>();
  private final List<String> options = new ArrayList<>();

  /** What a finished process left. */
  record Finished(int exitCode, List<String> out, String err) {

    /** The one line it printed. */
    String line() {
      if (out.size() != 1) {
        throw new AssertionError("expected one line, got " + out + "\n" + err);
      }
      return out.get(0);
    }
  }

  private SimulationProcess(String program, String classPath) {
    this.program = program;
    environment.put("CLASSPATH", classPath);
    option("-Xmx1g");
    // They end before optimised code of theirs would pay.
    option("-XX:TieredStopAtLevel=1");
    option("-Dcipherstream.root=" + ROOT);
    option("-Dcipherstream.images=" + IMAGES);
    option("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
    option("-Dorg.bytedeco.javacpp.maxBytes=0");
  }

  /** A trial of a program among the tests. */
  static SimulationProcess of(Class<?> program) {
    return new SimulationProcess(program.getName(), System.getProperty("java.class.path"));
  }

  /** The command line, on the class path that was packaged for it. */
  static SimulationProcess commandLine() throws IOException {
    Path target = ROOT.resolve("host/cli/target");
    String libraries = Files.readString(target.resolve("runtime.classpath")).strip();
    String jar = target.resolve("cipherstream-cli.jar").toString();
    return new SimulationProcess(
            "io.cipherstream.cli.Main", jar + java.io.File.pathSeparator + libraries)
        .option("@" + ROOT.resolve("deploy/setup/client.jvm"));
  }

  /** Folder of a simulated configuration's image. */
  static Path image(String configuration) {
    return IMAGES.resolve("sim").resolve(configuration);
  }

  /** A setting of the simulation: CIPHERSTREAM_SIM_ and the name. */
  SimulationProcess setting(String name, Object value) {
    return variable("CIPHERSTREAM_SIM_" + name, value.toString());
  }

  SimulationProcess variable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** An option of Java. */
  SimulationProcess option(String option) {
    options.add(option);
    return this;
  }

  Finished run(Object... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add(program);
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Path out = Files.createTempFile("trial", ".out");
    Path err = Files.createTempFile("trial", ".err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("CIPHERSTREAM_"));
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError(this + " still runs after " + MINUTES_MAX + " minutes");
      }
      Finished finished =
          new Finished(
              process.exitValue(),
              Files.readString(out, StandardCharsets.UTF_8).lines().toList(),
              Files.readString(err, StandardCharsets.UTF_8));
      if (!finished.err().isBlank()) {
        System.out.println(this + " said:\n" + finished.err());
      }
      return finished;
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  @Override
  public String toString() {
    Map<String, String> shown = new TreeMap<>(environment);
    shown.remove("CLASSPATH");
    return program + " " + shown;
  }
}
