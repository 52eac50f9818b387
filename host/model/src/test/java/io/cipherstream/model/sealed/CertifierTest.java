package io.cipherstream.model.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.model.ModelException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No text's values pass the certificate: all short ones, random ones, and searched ones. */
class CertifierTest {

  @ParameterizedTest
  @CsvSource({"CQ, 0", "CQ, 2", "CQ, 3", "CT, 2", "CT, 3", "CQ-kan2, 2", "CT-kan2, 3"})
  void everyShortTextStaysWithinTheCertificate(String spec, int classes) {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    RandomSealed random = new RandomSealed(7, seed);
    SealedEncoder encoder = random.encoder(spec, classes);
    Certificate certificate = Certifier.certify(encoder, random.embeddings);
    double most = 0;
    for (int tokens = 1; tokens <= 4; tokens++) {
      int[] ids = new int[tokens];
      for (int i = 0; i < Math.pow(random.vocabulary, tokens); i++) {
        int rest = i;
        for (int t = 0; t < tokens; t++) {
          ids[t] = rest % random.vocabulary;
          rest /= random.vocabulary;
        }
        most = Math.max(most, check(certificate, encoder, random.embeddings.embed(ids)));
      }
    }
    assertThat(certificate.preActivation()).isLessThan(20 * most);
  }

  @Test
  void searchedTextsStayWithinTheCertificate() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    RandomSealed random = new RandomSealed(60, seed);
    SealedEncoder encoder = random.encoder("CQ", 2);
    Certificate certificate = Certifier.certify(encoder, random.embeddings);
    TextSearch search =
        new TextSearch(random.embeddings, new Random(seed), x -> check(certificate, encoder, x));
    for (int tokens : new int[] {2, 5, RandomSealed.POSITIONS}) {
      assertThat(search.worst(tokens, 60, 400)).isPositive();
    }
  }

  /** Holds a text's values against the certificate; its largest h. */
  static double check(Certificate certificate, SealedEncoder encoder, double[][] x) {
    double[] most = new double[Quantity.values().length];
    double[][] rows =
        new SealedPass(encoder)
            .rows(
                x,
                (layer, quantity, values) ->
                    most[quantity.ordinal()] =
                        Math.max(
                            most[quantity.ordinal()],
                            Arrays.stream(values)
                                .flatMapToDouble(Arrays::stream)
                                .map(Math::abs)
                                .max()
                                .orElseThrow()));
    assertThat(most[Quantity.PRE_ACTIVATION.ordinal()])
        .isLessThanOrEqualTo(certificate.preActivation());
    assertThat(most[Quantity.WEIGHT.ordinal()]).isLessThanOrEqualTo(certificate.weight());
    for (double[] logits : rows) {
      double output =
          MergedEncoder.differs(encoder.shape())
              ? Math.abs(logits[1] - logits[0])
              : Arrays.stream(logits).map(Math::abs).max().orElseThrow();
      assertThat(output).isLessThanOrEqualTo(certificate.output());
    }
    return most[Quantity.PRE_ACTIVATION.ordinal()];
  }

  @Test
  void otherSpecsHaveNoCertificate() {
    RandomSealed random = new RandomSealed(7, 1);
    assertThat(Certifier.covers(SealedSpec.parse("CP"))).isFalse();
    assertThatThrownBy(() -> Certifier.certify(random.encoder("CP", 2), random.embeddings))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected CQ");
  }
}
