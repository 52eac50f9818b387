package io.cipherstream.cli.convert;

import com.sun.management.OperatingSystemMXBean;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Units;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Prepares what PyTorch's native libraries need before they are first used. */
final class TrainingLibraries {

  private static final String JAVACPP = "org.bytedeco.javacpp.";

  /** Share of the machine's or container's memory that this process may use. */
  private static final double MEMORY_SHARE = 0.9;

  /** Bytes of the unpacked libraries. */
  private static final long UNPACKED_BYTES = 435_000_000L;

  private TrainingLibraries() {}

  /**
   * Bounds memory, so that too large a batch is an error and the process is not killed, and
   * silences remarks of JavaCPP about versions. Call it before anything native is loaded.
   *
   * @throws CliException if the libraries do not run on this machine, or are not on the class path
   */
  static void check() {
    System.setProperty(JAVACPP + "logger", "slf4j");
    System.setProperty(JAVACPP + "maxPhysicalBytes", Long.toString(memoryBytesMax()));
    String classPath = System.getProperty("java.class.path", "");
    if (Stream.of(classPath.split(File.pathSeparator)).noneMatch(p -> p.contains("pytorch"))) {
      throw new CliException(
          ExitCodes.FAILURE,
          "PyTorch is not on the class path: start conversions with ./cipherstream convert");
    }
    String machine = System.getProperty("os.name", "") + " " + System.getProperty("os.arch", "");
    if (!machine.equals("Linux amd64")) {
      throw new CliException(
          ExitCodes.FAILURE, "conversions train on Linux amd64 only, and this is " + machine);
    }
  }

  /**
   * Reports it if libraries have to be unpacked.
   *
   * @throws CliException if the disk is too full for them
   */
  static void prepare(Consumer<String> say) {
    String cache = System.getProperty(JAVACPP + "cachedir");
    if (cache != null && !unpacked(Path.of(cache))) {
      checkSpace(Path.of(cache));
      say.accept("unpacking PyTorch's libraries to " + cache + " (435 MB, once)");
    }
  }

  private static long memoryBytesMax() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return (long) (MEMORY_SHARE * system.getTotalMemorySize());
  }

  private static boolean unpacked(Path cache) {
    try (Stream<Path> entries = Files.list(cache)) {
      return entries.anyMatch(e -> String.valueOf(e.getFileName()).startsWith("pytorch"));
    } catch (IOException e) {
      return false;
    }
  }

  private static void checkSpace(Path cache) {
    Path there = cache.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    try {
      long free = Files.getFileStore(there).getUsableSpace();
      if (free < UNPACKED_BYTES) {
        throw new CliException(
            ExitCodes.FAILURE,
            "PyTorch's libraries need 435 MB in "
                + cache
                + ", where "
                + Units.bytes(free)
                + " are free: make room");
      }
    } catch (IOException e) {
      // The disk does not report its free space; unpacking will fail if it is full.
    }
  }
}
