package io.cipherstream.cli.appliance;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Home;
import io.cipherstream.cli.base.Memory;
import io.cipherstream.cli.base.Models;
import io.cipherstream.cli.base.OutOfMemory;
import io.cipherstream.client.ProgressListener;
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.files.FileTrees;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An appliance that one command starts for itself: a child process on a free loopback port, with
 * TLS and an API key, stopped when the command ends. Its data folder is kept, so that the next call
 * need not send the keys again. A second command at the same time gets its own folder.
 */
final class OwnAppliance implements AutoCloseable {

  /** Longest wait for the models to be warm. */
  static final Duration READY_TIMEOUT = Duration.ofMinutes(10);

  /** Longest wait for an answer: the simulated card takes minutes, and nobody else is waiting. */
  static final Duration ANSWER_TIMEOUT = Duration.ofHours(24);

  /** Longest wait for a graceful stop. */
  static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);

  /** The same after Ctrl-C, when no answer is awaited. */
  private static final Duration INTERRUPTED_STOP_TIMEOUT = Duration.ofSeconds(2);

  private static final String END_OF_OUTPUT = "";

  /**
   * Output lines that are not state, such as the last words of the JVM, kept for an error message.
   */
  private static final int LAST_WORDS_MAX = 5;

  private final Process process;
  private final Path folder;
  private final @Nullable FileChannel lock;
  private final Thread hook;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final boolean shared;
  private final Deque<String> lastWords = new ConcurrentLinkedDeque<>();
  private @Nullable ApplianceState state;

  private OwnAppliance(Process process, Path folder, @Nullable FileChannel lock, boolean shared) {
    this.process = process;
    this.folder = folder;
    this.lock = lock;
    this.shared = shared;
    this.hook = new Thread(this::stopAtExit, "stop-own-appliance");
    Runtime.getRuntime().addShutdownHook(hook);
    Thread reader = new Thread(this::readLines, "own-appliance-output");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts an appliance with the given models and waits until it is ready.
   *
   * @param models at least one
   * @throws CliException with the end of its log if it stops instead
   */
  static OwnAppliance start(
      List<String> models, Optional<EngineSpec> engine, ProgressListener progress) {
    String name = String.join("+", models);
    Path kept = Home.own().resolve(name);
    FileChannel lock = null;
    boolean shared = false;
    try {
      createFolder(kept);
      lock = tryLock(kept.resolve("lock"));
      if (lock != null && inUse(kept)) {
        closeQuietly(lock);
        lock = null;
      }
      Path folder = lock != null ? kept : Files.createTempDirectory(Home.own(), name + "-");
      shared = lock != null;
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  "--host",
                  "127.0.0.1",
                  "--port",
                  "0",
                  "--data",
                  folder.toString(),
                  "--generate-api-key",
                  "--set",
                  "compute.warmUp=false",
                  "--set",
                  "limits.inferenceDeadlineSeconds=" + ANSWER_TIMEOUT.toSeconds(),
                  "--set",
                  "limits.idleConnectionSeconds=" + ANSWER_TIMEOUT.toSeconds(),
                  "--stop-with-stdin"));
      engine.ifPresent(spec -> arguments.addAll(List.of("--engine", spec.toString())));
      models.forEach(model -> arguments.addAll(List.of("--model", model)));
      for (Path packages : Models.folders()) {
        arguments.addAll(List.of("--models", packages.toString()));
      }
      Process process =
          ServerProcess.builder(arguments)
              .redirectError(ProcessBuilder.Redirect.to(folder.resolve("server.log").toFile()))
              .start();
      OwnAppliance appliance = new OwnAppliance(process, folder, lock, shared);
      appliance.awaitReady(progress);
      return appliance;
    } catch (IOException e) {
      closeQuietly(lock);
      throw new CliException(
          ExitCodes.FAILURE, "the appliance could not be started: " + e.getMessage(), e);
    }
  }

  private static void createFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new CliException(
          ExitCodes.FAILURE,
          "the data folder "
              + folder
              + " cannot be made ("
              + e
              + "); set CIPHERSTREAM_HOME to a folder that you can write to",
          e);
    }
  }

  /** Its address and certificate; set once it is ready. */
  ApplianceState state() {
    return Objects.requireNonNull(state, "the appliance is not ready");
  }

  /**
   * Folder for the client's keys and sessions with this appliance: the user's own, or a temporary
   * one for an appliance that no later call meets.
   */
  Path clientHome() {
    return shared ? Home.client() : folder.resolve("client");
  }

  Optional<String> apiKey() {
    return ApplianceState.apiKey(folder);
  }

  /** Peak memory of the process in bytes; empty if the system does not report it. */
  Optional<Long> peakMemoryBytes() {
    return Memory.peakBytes(process.pid());
  }

  /** Whether the appliance of an interrupted command still holds the folder. */
  private static boolean inUse(Path folder) throws IOException {
    FileChannel free = tryLock(folder.resolve("in-use"));
    closeQuietly(free);
    return free == null;
  }

  private static @Nullable FileChannel tryLock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock held = channel.tryLock();
      if (held != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held by this process, which is like being held by another one.
    }
    channel.close();
    return null;
  }

  private void readLines() {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (ApplianceState.parse(line).isPresent()) {
          lines.add(line);
        } else if (!line.isBlank()
            && !line.strip().equals("#")
            && !line.contains("OnOutOfMemoryError")) {
          lastWords.add(line.strip());
          if (lastWords.size() > LAST_WORDS_MAX) {
            lastWords.poll();
          }
        }
      }
    } catch (IOException e) {
      // The process is gone; the end marker says so.
    }
    lines.add(END_OF_OUTPUT);
  }

  private void awaitReady(ProgressListener progress) {
    long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
    try {
      while (System.nanoTime() < deadline) {
        String line = lines.poll(500, TimeUnit.MILLISECONDS);
        if (line == null) {
          progress.progress("starting an appliance", 0, 0);
          continue;
        }
        if (line.isEmpty()) {
          process.waitFor(1, TimeUnit.SECONDS);
          throw failure("the appliance stopped while starting" + reason());
        }
        Optional<ApplianceState> event = ApplianceState.parse(line);
        if (event.isPresent()) {
          state = event.get();
          if (event.get().ready()) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (CliException e) {
      close();
      throw e;
    }
    CliException late =
        failure("the appliance was not ready after " + READY_TIMEOUT.toSeconds() + " s");
    close();
    throw late;
  }

  /** Why it ended by itself, as far as its output shows. */
  private String reason() {
    if (lastWords.isEmpty()) {
      return "";
    }
    String words = String.join("; ", lastWords);
    return ": "
        + words
        + (words.contains("OutOfMemoryError")
            ? "; give it more memory, for example " + OutOfMemory.JAVA_OPTIONS + "=-Xmx4g"
            : "");
  }

  private CliException failure(String what) {
    StringBuilder message = new StringBuilder(what);
    Path log = folder.resolve("server.log");
    try {
      List<String> all = Files.readAllLines(log);
      all.subList(Math.max(0, all.size() - 8), all.size())
          .forEach(line -> message.append(System.lineSeparator()).append("  ").append(line));
      if (shared) {
        message.append(System.lineSeparator()).append("  (log: ").append(log).append(')');
      }
    } catch (IOException e) {
      message.append("; its log could not be read");
    }
    return new CliException(ExitCodes.SERVER, message.toString());
  }

  @Override
  public void close() {
    if (state != null && !process.isAlive()) {
      System.err.println("cipherstream: the appliance of this call ended by itself" + reason());
    }
    stop(STOP_TIMEOUT);
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The virtual machine is shutting down and runs the hook itself.
    }
    closeQuietly(lock);
    if (!shared) {
      deleteFolder();
    }
  }

  private void stop(Duration patience) {
    process.destroy();
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** After Ctrl-C: a temporary folder has a secret key in it and must not remain. */
  private void stopAtExit() {
    if (shared) {
      process.destroy();
    } else {
      stop(INTERRUPTED_STOP_TIMEOUT);
      deleteFolder();
    }
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // Closing releases the lock in any case.
      }
    }
  }

  private void deleteFolder() {
    try {
      FileTrees.delete(folder);
    } catch (IOException e) {
      System.err.println("cipherstream: temporary folder left behind: " + folder);
    }
  }
}
