package io.cipherstream.bench.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cipherstream.bench.report.BenchException;
import io.cipherstream.bench.report.BenchException.Kind;
import io.cipherstream.bench.report.BenchSettings;
import io.cipherstream.bench.report.Measurement;
import io.cipherstream.bench.work.CaseFacts;
import io.cipherstream.bench.work.CaseKey;
import io.cipherstream.bench.work.WorkerMain;
import io.cipherstream.bench.work.WorkerResult;
import io.cipherstream.bench.work.WorkerTask;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Java process that measures on one native library, started at its first case and again after a
 * crash, which costs the case it happened in.
 */
final class WorkerProcess implements AutoCloseable {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int LOG_LINES = 10;

  private final BenchSettings settings;
  private final @Nullable Path hexlClasses;
  private final Path work;
  private @Nullable Process process;
  private @Nullable BufferedReader results;
  private boolean everMeasured;

  /**
   * @param hexlClasses folder of the library with Intel HEXL; null for the plain one
   * @param work folder for the log and what cases tell
   */
  WorkerProcess(BenchSettings settings, @Nullable Path hexlClasses, Path work) {
    this.settings = settings;
    this.hexlClasses = hexlClasses;
    this.work = work;
  }

  /**
   * Measures one case.
   *
   * @throws BenchException of kind WORKER if the process never measured anything
   */
  Measurement measure(CaseKey key) {
    try {
      Process running = started();
      String line = null;
      try {
        var input = running.outputWriter(StandardCharsets.UTF_8);
        input.write(MAPPER.writeValueAsString(new WorkerTask(settings, key)));
        input.newLine();
        input.flush();
        line = resultLine();
      } catch (IOException e) {
        line = null; // The pipe is broken: it has ended.
      }
      if (line == null) {
        return crashed(key, running.waitFor());
      }
      everMeasured = true;
      return MAPPER
          .readValue(line.substring(WorkerResult.PREFIX.length()), WorkerResult.class)
          .measurement();
    } catch (IOException e) {
      throw new BenchException(Kind.WORKER, "the measuring process failed: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException(Kind.WORKER, "interrupted", e);
    }
  }

  private Process started() throws IOException {
    Process running = process;
    if (running == null) {
      running =
          new ProcessBuilder(command())
              .redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
      process = running;
      results = running.inputReader(StandardCharsets.UTF_8);
    }
    return running;
  }

  private @Nullable String resultLine() throws IOException {
    BufferedReader reader = results;
    if (reader == null) {
      return null;
    }
    String line = reader.readLine();
    while (line != null && !line.startsWith(WorkerResult.PREFIX)) {
      line = reader.readLine();
    }
    return line;
  }

  private Measurement crashed(CaseKey key, int exitCode) {
    process = null;
    results = null;
    if (!everMeasured) {
      throw new BenchException(
          Kind.WORKER,
          "the measuring process ended with exit code " + exitCode + ":\n" + endOfLog());
    }
    return Measurement.failed(key.what(), "the measuring process ended with exit code " + exitCode);
  }

  private List<String> command() {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx3g",
                "-XX:MaxDirectMemorySize=16g",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-Dorg.bytedeco.javacpp.maxBytes=0",
                "-Djmh.ignoreLock=true",
                "-D" + CaseFacts.FOLDER + "=" + work));
    String cache = System.getProperty("org.bytedeco.javacpp.cachedir");
    if (cache != null) {
      command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache);
    }
    String classPath = System.getProperty("java.class.path");
    if (hexlClasses != null) {
      command.add("-Dorg.bytedeco.javacpp.platform.extension=" + HexlLibrary.EXTENSION);
      classPath = hexlClasses + File.pathSeparator + classPath;
    }
    command.addAll(
        List.of(
            "-cp",
            classPath,
            WorkerMain.class.getName(),
            hexlClasses == null ? WorkerMain.PLAIN : WorkerMain.HEXL));
    return command;
  }

  private Path log() {
    return work.resolve(hexlClasses == null ? "plain.log" : "hexl.log");
  }

  private String endOfLog() {
    try {
      List<String> lines = Files.readAllLines(log());
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    } catch (IOException e) {
      return "(no log)";
    }
  }

  @Override
  public void close() {
    Process running = process;
    process = null;
    if (running != null) {
      running.destroyForcibly().onExit().join(); // It writes nothing that is to be kept.
    }
  }
}
