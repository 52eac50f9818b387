package io.cipherstream.engine;

import io.cipherstream.opencl.CardOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/**
 * How to open engines.
 *
 * @param spec which one
 * @param workers threads that help an engine in host memory; empty for none
 * @param width threads that may work on one program, the caller included
 * @param memoryBytesMax most memory of an engine for buffers and scratch; 0 for its own default
 * @param residentBytesMax most bytes on the engine for keys and weights not in use
 * @param crossCheckRate share of programs that are computed again on SEAL's routines, 0 to 1
 * @param cache folder for what was measured of a device; empty to measure each time
 * @param card how a card whose cores come from a device image is driven
 */
public record EngineSettings(
    EngineSpec spec,
    Optional<ExecutorService> workers,
    int width,
    long memoryBytesMax,
    long residentBytesMax,
    double crossCheckRate,
    Optional<Path> cache,
    CardOptions card) {

  /** Bytes for keys and weights not in use unless said otherwise; the appliance's default too. */
  public static final long RESIDENT_BYTES_DEFAULT = 1L << 30;

  /**
   * @throws IllegalArgumentException if a number is out of range
   */
  public EngineSettings {
    if (width < 1 || memoryBytesMax < 0 || residentBytesMax < 0) {
      throw new IllegalArgumentException(
          "engine settings: width "
              + width
              + ", memory "
              + memoryBytesMax
              + ", resident "
              + residentBytesMax
              + ": expected at least 1, 0 and 0");
    }
    if (!(crossCheckRate >= 0 && crossCheckRate <= 1)) {
      throw new IllegalArgumentException(
          "cross-check rate " + crossCheckRate + ": expected 0 to 1");
    }
  }

  /** Without a device image, and with the usual options for cards. */
  public EngineSettings(
      EngineSpec spec,
      Optional<ExecutorService> workers,
      int width,
      long memoryBytesMax,
      long residentBytesMax,
      double crossCheckRate,
      Optional<Path> cache) {
    this(
        spec,
        workers,
        width,
        memoryBytesMax,
        residentBytesMax,
        crossCheckRate,
        cache,
        CardOptions.DEFAULTS);
  }

  /** Defaults: one thread, no cross-check, no cache. */
  public static EngineSettings of(EngineSpec spec) {
    return new EngineSettings(
        spec, Optional.empty(), 1, 0, RESIDENT_BYTES_DEFAULT, 0, Optional.empty());
  }

  /** The same for another engine. */
  public EngineSettings with(EngineSpec other) {
    return new EngineSettings(
        other, workers, width, memoryBytesMax, residentBytesMax, crossCheckRate, cache, card);
  }

  /** The same with other options for cards. */
  public EngineSettings with(CardOptions options) {
    return new EngineSettings(
        spec, workers, width, memoryBytesMax, residentBytesMax, crossCheckRate, cache, options);
  }

  /**
   * The same for cards.
   *
   * @param image folder of the image of their cores and its manifest; empty for devices without,
   *     and for simulations, which have images of their own
   * @param cyclesPerSecondMin slowest clock at which a core counts as alive; 0 for what its board
   *     suggests
   */
  public EngineSettings forCards(Optional<Path> image, long cyclesPerSecondMin) {
    return with(new CardOptions(image, cyclesPerSecondMin, card.listener()));
  }
}
