package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ModelPlans;
import io.cipherstream.transformer.PlanJson;
import java.nio.charset.StandardCharsets;
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

  /** q₀/2 at the answer's scale is more than the certificate allows, so that no text wraps. */
  @Test
  void theSealedModelsAnswerHoldsWhatItsCertificateAllows() {
    ModelManifest manifest = manifest("sst2-sealed");
    double certified =
        Objects.requireNonNull(manifest.sealed()).path("certificate").path("output").asDouble();
    assertThat(certified).isGreaterThan(1e5);
    for (InferencePlan plan :
        ModelPlans.all(manifest).values().stream().flatMap(Collection::stream).toList()) {
      for (CiphertextSpec answer : plan.result()) {
        assertThat(answer.limbs()).isEqualTo(1);
        double room = plan.parameters().dataPrime(0).value() / 2.0 / answer.scale();
        assertThat(room).as("%d tokens", plan.tokenClass()).isGreaterThan(certified);
      }
    }
  }

  @Test
  void aCertificateThatTheAnswerDoesNotHoldIsRefused() throws Exception {
    String text = new String(manifest("sst2-sealed").toJson(), StandardCharsets.UTF_8);
    String bound =
        Objects.requireNonNull(manifest("sst2-sealed").sealed()).path("outputBound").asText();
    assertThat(text).contains(bound);
    ModelManifest larger =
        ModelManifest.fromJson(text.replace(bound, "600000.0").getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> ModelPlans.all(larger))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("outputs of up to 600000: an answer at parameter set")
        .hasMessageContaining("holds less than 523");
  }
}
