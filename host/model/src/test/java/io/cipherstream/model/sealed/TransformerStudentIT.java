package io.cipherstream.model.sealed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The pass of an AA against logits of an independent float64 implementation: a two-layer
 * transformer with quadratic activations and power attention, trained and evaluated by others'
 * code.
 */
@Tag("slow")
class TransformerStudentIT {

  @Test
  void logitsAgreeWithAnIndependentImplementation() throws IOException {
    TransformerStudent student = TransformerStudent.read();
    JsonNode expected =
        new ObjectMapper().readTree(PrototypeModel.file("models", "expected-logits.json").toFile());
    JsonNode logits = expected.get("models").get(TransformerStudent.NAME);
    JsonNode sentences = expected.get("sentences");
    SealedPass pass = new SealedPass(student.encoder());
    double worst = 0;
    for (int i = 0; i < sentences.size(); i++) {
      int[] ids = new int[sentences.get(i).get("ids").size()];
      for (int t = 0; t < ids.length; t++) {
        ids[t] = sentences.get(i).get("ids").get(t).intValue();
      }
      double[] got = pass.run(student.model().embeddings(), ids);
      assertThat(got).hasSameSizeAs(logits.get(i));
      for (int c = 0; c < got.length; c++) {
        worst = Math.max(worst, Math.abs(got[c] - logits.get(i).get(c).doubleValue()));
      }
    }
    System.out.printf("largest logit difference %.3g on %d%n", worst, sentences.size());
    assertThat(worst).isLessThan(1e-5);
  }

  /**
   * What it is right on, and with {@code -Dtransformer.student=FOLDER} a package to try it with.
   */
  @Test
  void itsPackageSaysWhatItIsGoodFor() throws IOException {
    TransformerStudent student = TransformerStudent.read();
    SealedPass pass = new SealedPass(student.encoder());
    List<int[]> texts = new ArrayList<>();
    int right = 0;
    List<PrototypeModel.Row> rows = PrototypeModel.devRows();
    for (PrototypeModel.Row row : rows) {
      int[] ids = student.model().tokenizer().encode(row.text());
      texts.add(ids);
      double[] logits = pass.run(student.model().embeddings(), ids);
      right += (logits[1] > logits[0] ? 1 : 0) == row.label() ? 1 : 0;
    }
    System.out.printf("right on %d of %d%n", right, rows.size());
    assertThat(right).isGreaterThan(rows.size() * 3 / 4);
    String folder = System.getProperty("transformer.student");
    if (folder != null) {
      var written = student.write("sst2-aa", texts, Path.of(folder).resolve("sst2-aa"));
      System.out.println(written.manifest());
    }
  }
}
