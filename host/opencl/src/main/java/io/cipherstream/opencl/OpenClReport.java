package io.cipherstream.opencl;

import io.cipherstream.ring.EngineException;
import java.util.List;
import java.util.Locale;

/**
 * What {@code opencl list} and {@code doctor} show.
 *
 * @param devices all devices; empty if there is none or no loader
 * @param problem what is missing and what to do, or the empty text
 */
public record OpenClReport(List<OpenClDevice> devices, String problem) {

  public OpenClReport {
    devices = List.copyOf(devices);
  }

  /** Looks at this machine; does not throw when there is no OpenCL. */
  public static OpenClReport create() {
    try {
      List<OpenClDevice> devices = OpenClPlatforms.list();
      return new OpenClReport(
          devices,
          devices.isEmpty() ? "no OpenCL device; " + ClLibrary.INSTALL + IcdFolder.remark() : "");
    } catch (EngineException e) {
      return new OpenClReport(List.of(), String.valueOf(e.getMessage()));
    }
  }

  /** Whether there is a device that can run kernels. */
  public boolean usable() {
    return devices.stream().anyMatch(OpenClDevice::usable);
  }

  /** One line: how many devices, or what is missing. */
  public String summary() {
    if (!problem.isEmpty()) {
      return problem;
    }
    long usable = devices.stream().filter(OpenClDevice::usable).count();
    return devices.size() + " OpenCL device(s), " + usable + " that can run kernels";
  }

  /** A paragraph for each device. */
  public String text() {
    if (devices.isEmpty()) {
      return problem + "\n";
    }
    StringBuilder text = new StringBuilder();
    devices.forEach(d -> text.append(describe(d)));
    return text.toString();
  }

  private static String describe(OpenClDevice d) {
    String use = d.usable() ? "yes" : "no: " + d.obstacle();
    return String.format(
        Locale.ROOT,
        """
        --engine %s
          device      %s (%s, %s)
          platform    %d: %s, %s, %s
          driver      %s
          units       %d at up to %d MHz
          memory      %.1f GiB, at most %.1f GiB in one allocation
          local       %d KiB, work-groups of up to %d
          arithmetic  64-bit integers %s, double precision with FMA %s
          usable      %s
        """,
        d.selector(),
        d.name(),
        d.type().name().toLowerCase(Locale.ROOT),
        d.vendor(),
        d.platformIndex(),
        d.platformName(),
        d.platformVendor(),
        d.platformVersion(),
        d.driver(),
        d.computeUnits(),
        d.clockMhz(),
        d.memoryBytes() / (double) (1L << 30),
        d.allocationBytesMax() / (double) (1L << 30),
        d.localBytes() >> 10,
        d.groupItemsMax(),
        d.int64() ? "yes" : "no",
        d.fp64() ? "yes" : "no",
        use);
  }
}
