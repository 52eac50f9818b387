package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ModelPlans;
import io.cipherstream.transformer.PlanJson;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The model that comes with the program. */
class EmbeddedModelTest {

  private final ModelManifest manifest =
      ModelPackage.open(
              Path.of(System.getProperty("cipherstream.root"), "deploy", "models", "sst2-tiny"))
          .manifest();

  @Test
  void itsManifestHoldsThePlansThatThisProgramMakes() {
    List<InferencePlan> plans =
        ModelPlans.all(manifest).values().stream().flatMap(Collection::stream).toList();
    assertThat(String.valueOf(manifest.plan()))
        .as("out of date? run: ./cipherstream model plan sst2-tiny")
        .isEqualTo(PlanJson.of(plans).toString());
    assertThat(manifest.parameterSet()).isEqualTo("n8192");
  }

  @Test
  void itIsSmall() {
    long bytes = manifest.files().values().stream().mapToLong(file -> file.bytes()).sum();
    assertThat(bytes).isLessThan(9_000_000);
  }
}
