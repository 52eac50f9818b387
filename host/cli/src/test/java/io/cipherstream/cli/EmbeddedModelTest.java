package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ModelPlans;
import io.cipherstream.transformer.PlanJson;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The models that come with the program. */
class EmbeddedModelTest {

  private static ModelManifest manifest(String name) {
    return ModelPackage.open(
            Path.of(System.getProperty("cipherstream.root"), "deploy", "models", name))
        .manifest();
  }

  @ParameterizedTest
  @CsvSource({"sst2-sealed, n8192-sealed", "sst2-tiny, n8192"})
  void itsManifestHoldsThePlansThatThisProgramMakes(String name, String parameterSet) {
    ModelManifest manifest = manifest(name);
    List<InferencePlan> plans =
        ModelPlans.all(manifest).values().stream().flatMap(Collection::stream).toList();
    assertThat(String.valueOf(manifest.plan()))
        .as("out of date? run: ./cipherstream model plan %s", name)
        .isEqualTo(PlanJson.of(plans).toString());
    assertThat(manifest.parameterSet()).isEqualTo(parameterSet);
  }

  @ParameterizedTest
  @CsvSource({"sst2-sealed, 10_000_000", "sst2-tiny, 9_000_000"})
  void itIsSmall(String name, String bytesMax) {
    long bytes = manifest(name).files().values().stream().mapToLong(file -> file.bytes()).sum();
    assertThat(bytes).isLessThan(Long.parseLong(bytesMax.replace("_", "")));
  }

  @Test
  void noTextLeavesTheSealedModelsRange() {
    JsonNode sealed = Objects.requireNonNull(manifest("sst2-sealed").sealed());
    assertThat(sealed.path("certificate").path("pieces").asInt()).isEqualTo(30_522);
  }
}
