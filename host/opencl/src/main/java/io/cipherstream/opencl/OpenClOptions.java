package io.cipherstream.opencl;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an {@link OpenClEngine} is opened.
 *
 * @param memoryBytesMax size of the device memory pool; 0 for the default: the smallest of the
 *     device's largest allocation, half of its memory and, unless it is a GPU, {@value
 *     #CPU_POOL_BYTES}
 * @param cacheDirectory where the choice of kernels is stored between runs; null: only in memory
 * @param kernels kernels to use, such as {@code f64-limb}; null: the fastest on a measurement
 * @param lanes queues that programs are spread over, so that independent ones may overlap
 * @param submissionsMax programs under way at a time; {@code submit} waits beyond
 * @param patience after this long without any command finishing, the device counts as lost
 * @param card for devices whose cores come from an image; such a device has one queue per compute
 *     unit instead of {@code lanes}
 */
public record OpenClOptions(
    long memoryBytesMax,
    @Nullable Path cacheDirectory,
    @Nullable String kernels,
    int lanes,
    int submissionsMax,
    Duration patience,
    CardOptions card) {

  /** Largest pool by default on devices that share the host's memory: 4 GiB. */
  public static final long CPU_POOL_BYTES = 4L << 30;

  /** Default of {@link #lanes}. */
  public static final int LANES = 2;

  /** Default of {@link #submissionsMax}. */
  public static final int SUBMISSIONS_MAX = 64;

  /** Default of {@link #patience}. */
  public static final Duration PATIENCE = Duration.ofMinutes(5);

  /** The default options. */
  public static final OpenClOptions DEFAULTS =
      new OpenClOptions(0, null, null, LANES, SUBMISSIONS_MAX, PATIENCE, CardOptions.DEFAULTS);

  /**
   * @throws IllegalArgumentException if a number is out of range or the kernels have no such name
   */
  public OpenClOptions {
    if (memoryBytesMax < 0 || lanes < 1 || lanes > 16 || submissionsMax < 1) {
      throw new IllegalArgumentException(
          "memoryBytesMax "
              + memoryBytesMax
              + ", lanes "
              + lanes
              + ", submissionsMax "
              + submissionsMax
              + ": expected at least 0, 1 to 16, at least 1");
    }
    if (patience.isNegative() || patience.isZero()) {
      throw new IllegalArgumentException("patience " + patience + ": expected a positive time");
    }
    if (kernels != null) {
      KernelVariant.parse(kernels);
    }
  }

  public OpenClOptions withMemoryBytesMax(long bytes) {
    return new OpenClOptions(bytes, cacheDirectory, kernels, lanes, submissionsMax, patience, card);
  }

  public OpenClOptions withCacheDirectory(@Nullable Path directory) {
    return new OpenClOptions(
        memoryBytesMax, directory, kernels, lanes, submissionsMax, patience, card);
  }

  public OpenClOptions withKernels(@Nullable String name) {
    return new OpenClOptions(
        memoryBytesMax, cacheDirectory, name, lanes, submissionsMax, patience, card);
  }

  public OpenClOptions withLanes(int count) {
    return new OpenClOptions(
        memoryBytesMax, cacheDirectory, kernels, count, submissionsMax, patience, card);
  }

  public OpenClOptions withSubmissionsMax(int count) {
    return new OpenClOptions(memoryBytesMax, cacheDirectory, kernels, lanes, count, patience, card);
  }

  public OpenClOptions withPatience(Duration time) {
    return new OpenClOptions(
        memoryBytesMax, cacheDirectory, kernels, lanes, submissionsMax, time, card);
  }

  public OpenClOptions withCard(CardOptions options) {
    return new OpenClOptions(
        memoryBytesMax, cacheDirectory, kernels, lanes, submissionsMax, patience, options);
  }
}
