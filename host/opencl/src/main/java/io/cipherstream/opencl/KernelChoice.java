package io.cipherstream.opencl;

import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbRing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the kernels of an engine: those that its options name; else those stored as fastest for
 * this device, driver, ring and kernel sources, in this process or in the cache file; else those
 * that a measurement now finds fastest.
 */
final class KernelChoice {

  private static final Logger LOG = LoggerFactory.getLogger(KernelChoice.class);

  private static final Map<String, KernelVariant> MEASURED = new ConcurrentHashMap<>();

  private KernelChoice() {}

  static KernelVariant of(OpenClDevice device, LimbRing ring, OpenClOptions options) {
    String named = options.kernels();
    if (named != null) {
      return named(KernelVariant.parse(named), device, ring);
    }
    String key = key(device, ring);
    KernelVariant known = MEASURED.get(key);
    if (known != null) {
      return known;
    }
    KernelVariant variant =
        remembered(options.cacheDirectory(), key)
            .filter(v -> v.possible(device, ring))
            .orElseGet(() -> measure(device, ring, options.cacheDirectory(), key));
    MEASURED.put(key, variant);
    return variant;
  }

  private static KernelVariant named(KernelVariant variant, OpenClDevice device, LimbRing ring) {
    if (!variant.possible(device, ring)) {
      throw new IllegalArgumentException(
          "kernels "
              + variant
              + " do not suit "
              + device
              + " and the "
              + ring
              + "; expected one of "
              + KernelVariant.possibleOn(device, ring));
    }
    return variant;
  }

  private static Optional<KernelVariant> remembered(@Nullable Path directory, String key) {
    return directory == null ? Optional.empty() : new KernelCache(directory).get(key);
  }

  private static KernelVariant measure(
      OpenClDevice device, LimbRing ring, @Nullable Path directory, String key) {
    List<KernelVariant> possible = KernelVariant.possibleOn(device, ring);
    if (possible.isEmpty()) {
      throw new EngineException(
          EngineException.Kind.UNAVAILABLE,
          device + " has too little local memory or too small work-groups for any kernels");
    }
    KernelVariant fastest = new KernelTrial(device, ring).fastest(possible);
    LOG.info("{}: kernels {} are fastest for the {}", device, fastest, ring);
    if (directory != null) {
      new KernelCache(directory).put(key, fastest);
    }
    return fastest;
  }

  /** A digest of everything that the choice depends on. */
  private static String key(OpenClDevice device, LimbRing ring) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part :
          List.of(
              device.platformName(),
              device.platformVersion(),
              device.name(),
              device.driver(),
              Integer.toString(device.computeUnits()),
              ring.digestHex())) {
        digest.update((part + "\n").getBytes(StandardCharsets.UTF_8));
      }
      for (KernelVariant variant : KernelVariant.possibleOn(device, ring)) {
        digest.update((variant + "\n").getBytes(StandardCharsets.UTF_8));
        digest.update(KernelSources.of(variant).getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
