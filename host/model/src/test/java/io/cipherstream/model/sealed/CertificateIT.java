package io.cipherstream.model.sealed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The certificate of the prototype's CQ against the prototype's own, computed in float32. */
class CertificateIT {

  /** The prototype bounds each of two logits; here their difference is bounded. */
  private static final double PROTOTYPE_LOGIT = 110_700;

  @Test
  void prototypeIsBoundedAsTheDesignSays() throws IOException {
    PrototypeModel model = PrototypeModel.read("CQadv");
    Certificate found = Certifier.certify(model.encoder(), model.embeddings());
    System.out.printf("%s: 2^%.2f%n", found, Math.log(found.output()) / Math.log(2));
    assertThat(found.preActivation()).isCloseTo(20.7, Offset.offset(0.05));
    assertThat(found.weight()).isCloseTo(129, Offset.offset(0.5));
    assertThat(found.output()).isBetween(PROTOTYPE_LOGIT, 2 * PROTOTYPE_LOGIT);

    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    TextSearch search =
        new TextSearch(
            model.embeddings(),
            new Random(seed),
            x -> CertifierTest.check(found, model.encoder(), x));
    for (int tokens : new int[] {3, 10, 20}) {
      search.worst(tokens, 150, 100);
    }
    for (PrototypeModel.Row row : PrototypeModel.devRows().subList(0, 50)) {
      search.of(model.tokenizer().encode(row.text()));
    }
  }
}
