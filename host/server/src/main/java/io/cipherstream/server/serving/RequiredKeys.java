package io.cipherstream.server.serving;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.KeyRequirements;
import io.cipherstream.wire.EnvelopeSizes;
import io.cipherstream.wire.KeySpec;
import io.cipherstream.wire.WordPacking;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys that a set of plans needs: the public key, relinearisation, rotations by step. */
public final class RequiredKeys {

  private final CkksParameters parameters;
  private final Map<String, KeySpec> byLabel = new LinkedHashMap<>();

  /**
   * @param plans of one parameter set, at least one
   */
  public RequiredKeys(CkksParameters parameters, Collection<AgreedPlan> plans) {
    this.parameters = parameters;
    add(KeySpec.publicKey(parameters));
    KeyRequirements keys = KeyRequirements.union(plans.stream().map(AgreedPlan::keys).toList());
    if (keys.relinearizationLimbs() > 0) {
      add(KeySpec.relinearization(keys.relinearizationLimbs()));
    }
    keys.rotationLimbs().forEach((step, limbs) -> add(KeySpec.rotation(step, limbs)));
  }

  private void add(KeySpec spec) {
    byLabel.put(spec.label(), spec);
  }

  /** All keys: public, relinearisation, then rotations by step. */
  public Collection<KeySpec> all() {
    return byLabel.values();
  }

  /** Their labels, in the same order. */
  public Set<String> labels() {
    return byLabel.keySet();
  }

  /** The keys that are not in {@code stored}. */
  public List<String> missing(Set<String> stored) {
    return byLabel.keySet().stream().filter(label -> !stored.contains(label)).toList();
  }

  /**
   * @throws ProblemException {@link ProblemType#KEY_UNEXPECTED} for a label that is not needed
   */
  public KeySpec require(String label) {
    KeySpec spec = byLabel.get(label);
    if (spec == null) {
      throw ProblemException.of(
          ProblemType.KEY_UNEXPECTED,
          "key '" + label + "'",
          "one of " + byLabel.keySet(),
          "upload only the keys that the session's requiredKeys list");
    }
    return spec;
  }

  /**
   * Most bytes of all keys in an engine's memory: 2 polynomials per digit, 8 · N · (limbs + 1)
   * bytes each, plus a sixteenth for rounding in memory pools.
   */
  public long loadedBytes() {
    long bytes = 0;
    for (KeySpec spec : byLabel.values()) {
      bytes +=
          2L * spec.digits(parameters) * EnvelopeSizes.digitWordBytes(parameters, spec.limbs());
    }
    return bytes + bytes / 16;
  }

  /** Bytes of all envelopes when bit-packed. */
  public long packedBytes() {
    return byLabel.values().stream()
        .mapToLong(spec -> EnvelopeSizes.key(parameters, spec, WordPacking.BIT_PACKED))
        .sum();
  }
}
