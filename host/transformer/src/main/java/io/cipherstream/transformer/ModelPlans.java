package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.sealed.MergedLayers;
import io.cipherstream.model.sealed.MergedTransformer;
import io.cipherstream.model.sealed.SealedManifest;
import io.cipherstream.model.sealed.SealedSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The plans of a model, from its manifest. Importer, client and appliance all derive them here, so
 * that they agree on the parameter set and the token classes without exchanging them.
 */
public final class ModelPlans {

  private ModelPlans() {}

  /** The modes that the manifest offers, the preferred one first. */
  public static List<InferenceMode> modes(ModelManifest manifest) {
    return manifest.modes().stream().map(InferenceMode::parse).toList();
  }

  /**
   * The parameter set of a mode: the one the manifest names, else the smallest whose plan fits.
   * Mode hybrid has one of its own, whatever set a manifest names that was written before.
   *
   * @throws IllegalArgumentException if none fits; the message is the largest set's
   */
  public static CkksParameters parameters(ModelManifest manifest, InferenceMode mode) {
    CkksParameters named =
        manifest.parameterSet() == null ? null : CkksParameters.named(manifest.parameterSet());
    if (mode == InferenceMode.HYBRID) {
      return named != null && named.insecure() ? named : CkksParameters.N4096;
    }
    if (named != null) {
      return named;
    }
    if (mode == InferenceMode.SEALED) {
      SealedSpec spec = sealed(manifest).spec();
      if (MergedTransformer.covers(spec)) {
        return CkksParameters.N32768_SEALED;
      }
      return MergedLayers.covers(spec) ? CkksParameters.N16384_SEALED : CkksParameters.N8192_SEALED;
    }
    IllegalArgumentException last = null;
    for (CkksParameters parameters : CkksParameters.SETS) {
      try {
        plans(manifest, mode, parameters);
        return parameters;
      } catch (IllegalArgumentException tooSmall) {
        last = tooSmall;
      }
    }
    throw new IllegalArgumentException(
        "model "
            + manifest.name()
            + " in mode "
            + mode.label()
            + " fits no parameter set: "
            + (last == null ? "there are none" : last.getMessage()),
        last);
  }

  /** The plans of one mode, one per token class, smallest first. */
  public static List<InferencePlan> of(ModelManifest manifest, InferenceMode mode) {
    return plans(manifest, mode, parameters(manifest, mode));
  }

  /** The plans of every mode that the manifest offers. */
  public static Map<InferenceMode, List<InferencePlan>> all(ModelManifest manifest) {
    Map<InferenceMode, List<InferencePlan>> all = new TreeMap<>();
    modes(manifest).forEach(mode -> all.put(mode, of(manifest, mode)));
    return all;
  }

  private static SealedManifest sealed(ModelManifest manifest) {
    if (manifest.sealed() == null) {
      throw new IllegalArgumentException(
          "model " + manifest.name() + " has mode sealed but no section that says its spec");
    }
    return SealedManifest.fromJson(manifest.sealed());
  }

  private static List<InferencePlan> plans(
      ModelManifest manifest, InferenceMode mode, CkksParameters parameters) {
    if (mode == InferenceMode.SEALED) {
      SealedManifest sealed = sealed(manifest);
      if (sealed.spec().words()) {
        return InferencePlan.words(manifest.shape(), sealed.outputBound(), parameters);
      }
      if (MergedLayers.covers(sealed.spec()) || MergedTransformer.covers(sealed.spec())) {
        return InferencePlan.deep(
            manifest.shape(), sealed.spec(), sealed.sentinels(), sealed.outputBound(), parameters);
      }
      new SealedScales(parameters).holds(sealed.outputBound());
      return InferencePlan.sealed(manifest.shape(), parameters);
    }
    if (mode == InferenceMode.HYBRID) {
      return InferencePlan.all(manifest.shape(), manifest.ranges(), mode, parameters);
    }
    List<Integer> fitting = InferencePlan.tokenClasses(manifest.shape(), parameters);
    List<InferencePlan> plans = new ArrayList<>();
    for (int tokenClass : manifest.tokenClasses()) {
      if (fitting.contains(tokenClass)) {
        plans.add(
            InferencePlan.of(manifest.shape(), manifest.ranges(), mode, tokenClass, parameters));
      }
    }
    if (plans.isEmpty()) {
      throw new IllegalArgumentException(
          "model "
              + manifest.name()
              + ": none of its token classes "
              + manifest.tokenClasses()
              + " fits "
              + parameters);
    }
    return plans;
  }
}
