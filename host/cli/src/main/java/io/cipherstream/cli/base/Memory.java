package io.cipherstream.cli.base;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Memory of the machine and of processes, from Linux' {@code /proc}; empty elsewhere. */
public final class Memory {

  private Memory() {}

  /** Memory that new processes can take, in bytes. */
  public static Optional<Long> availableBytes() {
    return bytes(Path.of("/proc/meminfo"), "MemAvailable:");
  }

  /** Peak resident set of a process, in bytes. */
  public static Optional<Long> peakBytes(long pid) {
    return bytes(Path.of("/proc", Long.toString(pid), "status"), "VmHWM:");
  }

  private static Optional<Long> bytes(Path file, String name) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(name)) {
          return Optional.of(Long.parseLong(line.replaceAll("[^0-9]", "")) << 10);
        }
      }
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }
}
