package io.cipherstream.opencl;

import io.cipherstream.opencl.image.CoreListener;
import io.cipherstream.opencl.image.ImageManifest;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How an engine drives a card whose clusters come from a device image.
 *
 * @param image folder of the image and its manifest; empty for devices that build kernels
 * @param cyclesPerSecondMin slowest clock at which a core counts as alive: a run may take the
 *     engine's patience plus its busy cycles at this rate. 0 selects what the board suggests:
 *     {@value #SIMULATED_CYCLES_PER_SECOND_MIN} for a simulation, a hundredth of the stated clock
 *     for hardware
 * @param listener is told of every run
 */
public record CardOptions(Optional<Path> image, long cyclesPerSecondMin, CoreListener listener) {

  /** Slowest simulation that counts as alive. */
  public static final long SIMULATED_CYCLES_PER_SECOND_MIN = 20_000;

  /** No image. */
  public static final CardOptions DEFAULTS =
      new CardOptions(Optional.empty(), 0, CoreListener.NONE);

  /**
   * @throws IllegalArgumentException if a number is out of range
   */
  public CardOptions {
    if (cyclesPerSecondMin < 0) {
      throw new IllegalArgumentException(
          "cyclesPerSecondMin " + cyclesPerSecondMin + ": expected at least 0");
    }
  }

  /** Longest time that busy cycles of a core may take. */
  long allowanceNanos(long cycles, ImageManifest manifest) {
    double slowest =
        cyclesPerSecondMin > 0
            ? cyclesPerSecondMin
            : manifest.simulated()
                ? SIMULATED_CYCLES_PER_SECOND_MIN
                : Math.max(1, manifest.clockMhz() * 1e4);
    return (long) Math.min(1e18, cycles / slowest * 1e9);
  }

  public CardOptions withImage(Path folder) {
    return new CardOptions(Optional.of(folder), cyclesPerSecondMin, listener);
  }

  public CardOptions withListener(CoreListener hearer) {
    return new CardOptions(image, cyclesPerSecondMin, hearer);
  }
}
