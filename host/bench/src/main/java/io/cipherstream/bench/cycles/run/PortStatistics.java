package io.cipherstream.bench.cycles.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cipherstream.bench.report.BenchException;
import io.cipherstream.bench.report.BenchException.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Bytes that the ports moved, from the lines that the simulation adds to its statistics file. */
final class PortStatistics {

  /** Operands and root tables from memory. */
  static final String READ = "READ";

  /** Results and spilled limbs to memory. */
  static final String WRITTEN = "WRITTEN";

  /** Operations and tables in, result lines out. */
  static final String PROGRAM = "PROGRAM";

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final long BYTES_MAX = 16L << 20;

  private final @Nullable Path file;
  private long read;

  /**
   * @param file that the simulation writes; null if it writes none
   */
  PortStatistics(@Nullable Path file) {
    this.file = file;
  }

  /** Passes over what is there so far. */
  void skip() {
    read = file != null && Files.exists(file) ? file.toFile().length() : 0;
  }

  /**
   * Bytes by kind since the last call, over all runs that were finished; empty without a file.
   *
   * @throws BenchException of kind WORKER if the file cannot be read
   */
  Map<String, Long> next() {
    Map<String, Long> bytes = new TreeMap<>();
    if (file == null) {
      return bytes;
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] added = new byte[Math.toIntExact(Math.min(in.length() - read, BYTES_MAX))];
      in.seek(read);
      in.readFully(added);
      read += added.length;
      for (String line : new String(added, StandardCharsets.UTF_8).lines().toList()) {
        add(bytes, MAPPER.readTree(line).path("ports"));
      }
      return bytes;
    } catch (IOException e) {
      throw new BenchException(Kind.WORKER, "statistics " + file + " cannot be read: " + e, e);
    }
  }

  private static void add(Map<String, Long> bytes, JsonNode ports) {
    ports
        .properties()
        .forEach(
            port -> {
              long in = port.getValue().path("readBytes").asLong();
              long out = port.getValue().path("writeBytes").asLong();
              // Ports end in the number of their cluster.
              switch (port.getKey().replaceFirst("\\d+$", "")) {
                case "program" -> bytes.merge(PROGRAM, in + out, Long::sum);
                case "limbs", "streams" -> {
                  bytes.merge(READ, in, Long::sum);
                  bytes.merge(WRITTEN, out, Long::sum);
                }
                default -> throw new IllegalArgumentException("port " + port.getKey());
              }
            });
  }
}
