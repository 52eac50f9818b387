package io.cipherstream.opencl;

import io.cipherstream.ring.EngineException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The OpenCL devices of this machine, and how one is chosen by name.
 *
 * <p>A selection is {@code opencl}, {@code opencl:platform} or {@code opencl:platform/device}. A
 * platform is an index, its short name, or else a fragment of its name, vendor or version; a device
 * is an index within its platform, a fragment of its name, or {@code cpu} or {@code gpu}; an empty
 * one means any. Case does not matter. Of several, one that can run kernels wins, then a GPU, then
 * a CPU.
 */
public final class OpenClPlatforms {

  private static final String PREFIX = "opencl";

  private OpenClPlatforms() {}

  /**
   * All devices of all platforms, in the loader's order.
   *
   * @throws EngineException of kind UNAVAILABLE if there is no OpenCL loader
   */
  public static List<OpenClDevice> list() {
    return ClLibrary.with(ClDiscovery::devices).stream().map(ClDiscovery.Found::device).toList();
  }

  /**
   * The device that a selection names.
   *
   * @throws IllegalArgumentException if the text is not a selection
   * @throws EngineException of kind UNAVAILABLE if there is no such device or it runs no kernels
   */
  public static OpenClDevice select(String selection) {
    return select(selection, list());
  }

  /**
   * The card that a selection names: a device whose cores come from a device image.
   *
   * @throws IllegalArgumentException if the text is not a selection
   * @throws EngineException of kind UNAVAILABLE if there is no such device or it takes no images
   */
  public static OpenClDevice selectCard(String selection) {
    return selectCard(selection, list());
  }

  static OpenClDevice select(String selection, List<OpenClDevice> devices) {
    OpenClDevice best = matching(selection, devices).stream().min(PREFERENCE).orElseThrow();
    if (!best.usable()) {
      throw unavailable(best + " cannot run kernels: " + best.obstacle());
    }
    return best;
  }

  static OpenClDevice selectCard(String selection, List<OpenClDevice> devices) {
    List<OpenClDevice> matching = matching(selection, devices);
    return matching.stream()
        .filter(OpenClDevice::takesImages)
        .findFirst()
        .orElseThrow(
            () ->
                unavailable(
                    selection
                        + " means no card that takes device images (an available device of type"
                        + " accelerator), but:"
                        + of(matching)));
  }

  private static List<OpenClDevice> matching(String selection, List<OpenClDevice> devices) {
    String[] parts = parts(selection);
    if (devices.isEmpty()) {
      throw unavailable(
          "no OpenCL platform has a device here; " + ClLibrary.INSTALL + IcdFolder.remark());
    }
    List<OpenClDevice> matching =
        devices.stream().filter(platform(parts[0], devices)).filter(device(parts[1])).toList();
    if (matching.isEmpty()) {
      throw unavailable(
          "no OpenCL device is meant by "
              + selection
              + "; there are:"
              + of(devices)
              + IcdFolder.remark());
    }
    return matching;
  }

  private static final Comparator<OpenClDevice> PREFERENCE =
      Comparator.comparing((OpenClDevice d) -> !d.usable())
          .thenComparing(
              d ->
                  switch (d.type()) {
                    case GPU -> 0;
                    case CPU -> 1;
                    case ACCELERATOR, OTHER -> 2;
                  });

  private static String[] parts(String selection) {
    String lower = selection.toLowerCase(Locale.ROOT);
    if (lower.equals(PREFIX)) {
      return new String[] {"", ""};
    }
    if (!lower.startsWith(PREFIX + ":")) {
      throw new IllegalArgumentException(
          "OpenCL selection " + selection + ": expected opencl[:platform[/device]]");
    }
    String rest = selection.substring(PREFIX.length() + 1);
    int slash = rest.indexOf('/');
    return slash < 0
        ? new String[] {rest.strip(), ""}
        : new String[] {rest.substring(0, slash).strip(), rest.substring(slash + 1).strip()};
  }

  private static Predicate<OpenClDevice> platform(String text, List<OpenClDevice> devices) {
    if (text.isEmpty()) {
      return d -> true;
    }
    if (isIndex(text)) {
      return d -> d.platformIndex() == Integer.parseInt(text);
    }
    Predicate<OpenClDevice> exactly = d -> d.platformShort().equalsIgnoreCase(text);
    return devices.stream().anyMatch(exactly) ? exactly : d -> d.platformMatches(text);
  }

  private static Predicate<OpenClDevice> device(String text) {
    if (text.isEmpty()) {
      return d -> true;
    }
    return isIndex(text)
        ? d -> d.deviceIndex() == Integer.parseInt(text)
        : d -> d.deviceMatches(text);
  }

  private static boolean isIndex(String text) {
    return text.length() <= 4 && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static String of(List<OpenClDevice> devices) {
    return devices.stream().map(d -> "\n  " + d).collect(Collectors.joining());
  }

  private static EngineException unavailable(String message) {
    return new EngineException(EngineException.Kind.UNAVAILABLE, message);
  }

  /** The same device with its native identifiers; the memory it reports may have changed. */
  static ClDiscovery.Found find(OpenClDevice device) {
    return ClLibrary.with(ClDiscovery::devices).stream()
        .filter(f -> f.device().platformIndex() == device.platformIndex())
        .filter(f -> f.device().deviceIndex() == device.deviceIndex())
        .filter(f -> f.device().name().equals(device.name()))
        .findFirst()
        .orElseThrow(() -> unavailable("OpenCL device " + device + " is not there any more"));
  }
}
