package io.cipherstream.cli.model;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ModelPlans;
import io.cipherstream.transformer.PlanJson;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Plans of a package, stored in its manifest. */
public final class PackagePlans {

  private PackagePlans() {}

  /**
   * Computes the plans of every mode and stores them in the manifest.
   *
   * @throws IllegalArgumentException if a bound fits no parameter set
   */
  public static void write(ModelPackage written) {
    ModelManifest manifest = written.manifest();
    List<InferencePlan> plans =
        ModelPlans.all(manifest).values().stream().flatMap(Collection::stream).toList();
    if (plans.isEmpty()) {
      return;
    }
    ModelManifest planned = manifest.withPlan(PlanJson.of(plans));
    Set<CkksParameters> sets =
        plans.stream().map(InferencePlan::parameters).collect(Collectors.toSet());
    if (sets.size() == 1) {
      planned = planned.withParameterSet(plans.get(0).parameters().name());
    }
    written.replaceManifest(planned);
  }
}
