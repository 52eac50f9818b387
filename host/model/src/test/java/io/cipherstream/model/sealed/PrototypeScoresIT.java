package io.cipherstream.model.sealed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The plaintext pass on the training prototype's models gives the prototype's own figures. */
class PrototypeScoresIT {

  @Test
  void mergedFormGivesTheSameDifferenceOfLogits() throws IOException {
    PrototypeModel model = PrototypeModel.read("CQadv");
    SealedPass plain = new SealedPass(model.encoder());
    MergedPass merged = new MergedPass(MergedEncoder.of(model.encoder()));
    for (PrototypeModel.Row row : PrototypeModel.devRows().subList(0, 8)) {
      double[][] x = model.embeddings().embed(model.tokenizer().encode(row.text()));
      double[] logits = plain.run(x);
      assertThat(merged.run(x)[0]).isCloseTo(logits[1] - logits[0], Offset.offset(1e-9));
    }
  }

  @ParameterizedTest
  @CsvSource({"CQadv, 756, 5.3", "CS, 757, 4.5"})
  void developmentSetIsAnsweredAsThePrototypeDid(String name, int right, double largest)
      throws IOException {
    PrototypeModel model = PrototypeModel.read(name);
    SealedPass pass = new SealedPass(model.encoder());
    List<PrototypeModel.Row> rows = PrototypeModel.devRows();
    List<double[]> logits =
        rows.parallelStream()
            .map(row -> pass.run(model.embeddings(), model.tokenizer().encode(row.text())))
            .toList();
    int found = 0;
    double most = 0;
    for (int i = 0; i < rows.size(); i++) {
      double[] l = logits.get(i);
      found += (l[1] > l[0] ? 1 : 0) == rows.get(i).label() ? 1 : 0;
      most = Math.max(most, Math.max(Math.abs(l[0]), Math.abs(l[1])));
    }
    System.out.printf("%s: %d of %d right, largest logit %.3f%n", name, found, rows.size(), most);
    assertThat(rows).hasSize(872);
    assertThat(found).isEqualTo(right);
    assertThat(Math.round(10 * most) / 10.0).isEqualTo(largest);
  }
}
