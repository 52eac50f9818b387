package io.cipherstream.workflow.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cipherstream.model.ImportOptions;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelImporter;
import io.cipherstream.model.ModelShape;
import io.cipherstream.workflow.SharedFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forward pass that is trained, against logits that somebody else's float64 pass gave. */
@Tag("training")
class ForwardLogitsIT {

  @ParameterizedTest
  @CsvSource({
    "sst2-tiny-exact, expected-logits.json",
    "sst2-tiny-thex, expected-logits.json",
    "sst2-tiny-polynomial, expected-logits.json",
    "minilm-sst2-exact, minilm-sst2-expected-logits.json",
    "minilm-sst2-thex, minilm-sst2-expected-logits.json"
  })
  void logitsAreTheIndependentOnes(String name, String file) throws IOException {
    ImportedModel model =
        ModelImporter.importFrom(
            SharedFiles.model(name + ".safetensors"), ImportOptions.named(name));
    JsonNode root = new ObjectMapper().readTree(SharedFiles.model(file).toFile());
    List<Example> examples = new ArrayList<>();
    for (JsonNode sentence : root.get("sentences")) {
      int[] ids = new int[sentence.get("ids").size()];
      for (int t = 0; t < ids.length; t++) {
        ids[t] = sentence.get("ids").get(t).intValue();
      }
      examples.add(Example.of(ids, sentence.get("label").intValue()));
    }
    ModelShape shape = model.encoder().shape();
    VocabularyMap vocabulary = VocabularyMap.of(List.of(examples), shape.vocabulary());
    Architecture architecture =
        new Architecture(
            shape.layers(),
            shape.width(),
            shape.heads(),
            shape.ffnWidth(),
            shape.positions(),
            vocabulary.size(),
            model.embeddings().segments(),
            shape.pooling(),
            shape.labels().size(),
            shape.layerNormEpsilon());
    Parameters parameters =
        ModelWeights.read(model.encoder(), model.embeddings(), vocabulary, architecture, 1);
    Kinds kinds = Kinds.of(shape.activation(), shape.attention(), shape.norm());
    double[][] outputs = Predictor.reference(parameters, kinds, vocabulary, examples);
    JsonNode expected = root.get("models").get(name);
    for (int i = 0; i < outputs.length; i++) {
      for (int k = 0; k < outputs[i].length; k++) {
        assertThat(outputs[i][k])
            .as("%s, sentence %d, logit %d", name, i, k)
            .isCloseTo(expected.get(i).get(k).doubleValue(), within(1e-5));
      }
    }
  }
}
