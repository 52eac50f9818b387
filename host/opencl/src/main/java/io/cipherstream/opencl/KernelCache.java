package io.cipherstream.opencl;

import io.cipherstream.files.FileReplacer;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that stores which kernels were fastest. Only speed depends on it: if it cannot be read
 * or written, a warning says so and the kernels are measured again.
 */
final class KernelCache {

  private static final Logger LOG = LoggerFactory.getLogger(KernelCache.class);

  private final Path file;

  KernelCache(Path directory) {
    this.file = directory.resolve("opencl-kernels.properties");
  }

  Optional<KernelVariant> get(String key) {
    String name = read().getProperty(key, "");
    try {
      return name.isEmpty() ? Optional.empty() : Optional.of(KernelVariant.parse(name));
    } catch (IllegalArgumentException e) {
      LOG.warn("{}: {}; measuring again", file, e.getMessage());
      return Optional.empty();
    }
  }

  /** Adds an entry; the file is replaced atomically, so a reader never sees half of it. */
  synchronized void put(String key, KernelVariant variant) {
    Properties entries = read();
    entries.setProperty(key, variant.toString());
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      StringWriter text = new StringWriter();
      entries.store(text, "Fastest kernels by device, driver, ring and kernel sources");
      FileReplacer.PLAIN.replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      LOG.warn("{} could not be written: {}", file, e.toString());
    }
  }

  private Properties read() {
    Properties entries = new Properties();
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        entries.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        LOG.warn("{} could not be read: {}", file, e.toString());
      }
    }
    return entries;
  }
}
