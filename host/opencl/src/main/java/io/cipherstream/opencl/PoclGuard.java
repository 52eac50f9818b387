package io.cipherstream.opencl;

import io.cipherstream.ring.EngineException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Prevents a driver from killing the process: PoCL asks hwloc how much memory the machine has, and
 * aborts if it learns nothing, for example where {@code /sys} is not mounted.
 */
final class PoclGuard {

  private static final Path VENDORS = Path.of("/etc/OpenCL/vendors");
  private static final Path TOPOLOGY = Path.of("/sys/devices/system/cpu");

  private PoclGuard() {}

  /** Checks this machine; see {@link #check(Path, Path, Map)}. */
  static void check() {
    String vendors = System.getenv("OCL_ICD_VENDORS");
    check(vendors == null ? VENDORS : Path.of(vendors), TOPOLOGY, System.getenv());
  }

  /**
   * @throws EngineException of kind UNAVAILABLE if PoCL is registered and would abort the process
   */
  static void check(Path vendors, Path topology, Map<String, String> environment) {
    if (Files.isDirectory(topology)
        || environment.containsKey("HWLOC_SYNTHETIC")
        || environment.containsKey("HWLOC_XMLFILE")
        || !registered(vendors)) {
      return;
    }
    throw new EngineException(
        EngineException.Kind.UNAVAILABLE,
        "PoCL would end this process, because "
            + topology
            + " is not there to tell it of processors and memory: mount /sys, or set"
            + " HWLOC_SYNTHETIC, for example to 'NUMANode:1(memory=8589934592) pu:2'");
  }

  private static boolean registered(Path vendors) {
    if (vendors.getFileName() != null && vendors.getFileName().toString().contains("pocl")) {
      return true;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(vendors, "*pocl*")) {
      return files.iterator().hasNext();
    } catch (IOException e) {
      return false;
    }
  }
}
