package io.cipherstream.engine;

import io.cipherstream.seal.Kernels;
import java.util.List;
import java.util.Locale;

/**
 * An engine by name: {@code auto}, {@code seal}, {@code seal-limb[:kernels]}, {@code java}, {@code
 * opencl[:platform[/device]]}, platform and device being part of a name or an index, or {@code
 * sim[:configuration]}.
 *
 * @param device what follows the colon, empty for the best there is, or the usual simulation; of
 *     seal-limb the label of {@link Kernels}
 */
public record EngineSpec(Kind kind, String device) {

  /** The engines. */
  public enum Kind {
    /** The fastest that works here. */
    AUTO,
    /** SEAL's own evaluator, the reference. */
    SEAL,
    /** Limb programs on SEAL's routines. */
    SEAL_LIMB,
    /** Limb programs on the Java interpreter: to read and to test, not to serve. */
    JAVA,
    /** Limb programs on an OpenCL device. */
    OPENCL,
    /** Limb programs on a simulated card: to see the hardware at work, not to serve. */
    SIM;

    private boolean takesDevice() {
      return this == OPENCL || this == SIM || this == SEAL_LIMB;
    }

    /** Lower-case name with hyphens. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** The names, for messages. */
  public static final List<String> NAMES =
      List.of(
          "auto",
          "seal",
          "seal-limb[:portable|ifma|avx2]",
          "java",
          "opencl[:platform[/device]]",
          "sim[:configuration]");

  /**
   * @throws IllegalArgumentException for another name, or kernels that do not exist; the text lists
   *     the known ones
   */
  public static EngineSpec parse(String text) {
    String name = text.strip();
    int colon = name.indexOf(':');
    String head = (colon < 0 ? name : name.substring(0, colon)).toLowerCase(Locale.ROOT);
    String device = colon < 0 ? "" : name.substring(colon + 1).strip();
    for (Kind kind : Kind.values()) {
      if (kind.label().equals(head) && (colon < 0 || (kind.takesDevice() && !device.isEmpty()))) {
        if (kind == Kind.SEAL_LIMB && colon >= 0) {
          Kernels.parse(device);
        }
        return new EngineSpec(kind, device);
      }
    }
    throw new IllegalArgumentException("engine '" + text + "': expected one of " + NAMES);
  }

  @Override
  public String toString() {
    return device.isEmpty() ? kind.label() : kind.label() + ":" + device;
  }
}
