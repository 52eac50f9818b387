package io.cipherstream.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelRepository;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ModelPlans;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The model package that comes with the source. */
final class EmbeddedModel {

  static final String TINY = "sst2-tiny";

  private EmbeddedModel() {}

  static Path folder() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path models = at.resolve("deploy").resolve("models");
      if (Files.isDirectory(models.resolve(TINY))) {
        return models;
      }
    }
    assumeTrue(false, "needs deploy/models/" + TINY);
    throw new AssertionError();
  }

  static ModelPackage tiny() {
    return new ModelRepository(List.of(folder())).find(TINY);
  }

  static InferencePlan plan(InferenceMode mode, int tokenClass) {
    return ModelPlans.of(tiny().manifest(), mode).stream()
        .filter(plan -> plan.tokenClass() == tokenClass)
        .findFirst()
        .orElseThrow();
  }
}
