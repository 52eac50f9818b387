package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forward pass against logits of an independent float64 implementation, to 1e-5. */
@Tag("slow")
class ExpectedLogitsIT {

  @ParameterizedTest
  @CsvSource({
    "sst2-tiny-exact, expected-logits.json",
    "sst2-tiny-thex, expected-logits.json",
    "sst2-tiny-polynomial, expected-logits.json",
    "minilm-sst2-exact, minilm-sst2-expected-logits.json",
    "minilm-sst2-thex, minilm-sst2-expected-logits.json"
  })
  void logitsAgree(String file, String expectedFile) throws IOException {
    JsonNode expected = Shared.json(expectedFile);
    JsonNode logits = expected.get("models").get(file);
    ImportedModel model =
        ModelImporter.importFrom(
            Shared.model(file + ".safetensors"), ImportOptions.named("under-test"));
    PlaintextTransformer transformer =
        new PlaintextTransformer(model.encoder(), model.embeddings());
    JsonNode sentences = expected.get("sentences");
    assertThat(logits.size()).isEqualTo(sentences.size()).isGreaterThanOrEqualTo(20);
    double worst = 0;
    for (int i = 0; i < sentences.size(); i++) {
      int[] ids = Shared.ints(sentences.get(i).get("ids"));
      assertThat(model.tokenizer().encode(sentences.get(i).get("text").asText())).isEqualTo(ids);
      double[] got = transformer.run(ids);
      double[] want = Shared.doubles(logits.get(i));
      assertThat(got).hasSameSizeAs(want);
      for (int c = 0; c < want.length; c++) {
        worst = Math.max(worst, Math.abs(got[c] - want[c]));
      }
    }
    System.out.printf("%s: largest logit difference %.3g on %d%n", file, worst, sentences.size());
    assertThat(worst).isLessThan(1e-5);
  }
}
