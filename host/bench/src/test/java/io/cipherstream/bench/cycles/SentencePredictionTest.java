package io.cipherstream.bench.cycles;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.Submission;
import io.cipherstream.ring.Opcode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The ceilings that the recorded sentence has to keep on the clusters that are planned. */
@Tag("slow")
class SentencePredictionTest {

  private static final Recording TINY = Recordings.tiny();

  private static SentencePrediction warm(ClusterShape shape) {
    return SentencePrediction.of(TINY.ring(), TINY.warm(), shape);
  }

  /** Transforms of the sentence times log₂N · N / 2P: nothing is faster. */
  private static double butterflyBound(int butterflies) {
    long transforms =
        TINY.warm().stream()
            .flatMap(round -> round.stream())
            .map(Submission::program)
            .flatMap(p -> p.instructions().stream())
            .filter(i -> i.opcode() == Opcode.NTT || i.opcode() == Opcode.INTT)
            .count();
    int n = TINY.ring().degree();
    return transforms * (double) TINY.ring().degreeBits() * n / 2 / butterflies;
  }

  @Test
  void aTinySentenceKeepsItsCeilingsOnTwoClusters() {
    ClusterCard card =
        ClusterCard.all().stream().filter(c -> c.name().equals("u55c")).findFirst().orElseThrow();
    SentenceFigures f = SentenceFigures.of("sst2-tiny", "paper", TINY, card);
    assertThat(f.cyclesWarm()).isLessThanOrEqualTo(5_000_000);
    assertThat((double) f.cyclesWarm()).isGreaterThan(butterflyBound(128));
    assertThat(f.cyclesCold()).isGreaterThan(f.cyclesWarm());
    assertThat(f.launches()).isEqualTo(TINY.warm().size()).isLessThanOrEqualTo(12);
    assertThat(f.jobs()).as("a round has several jobs").isGreaterThan(f.launches());
    assertThat((double) f.bytesMoved()).isLessThanOrEqualTo(1.2 * f.bytesRequired());
    assertThat(f.bytesMoved()).isGreaterThanOrEqualTo(f.bytesRequired());
    assertThat(f.butterflyUse() * f.cyclesWarm())
        .as("cycles in which butterflies work")
        .isBetween(0.95 * butterflyBound(128), butterflyBound(128) + 1);
    assertThat(f.milliseconds())
        .isEqualTo(f.cyclesWarm() / 300e3, org.assertj.core.api.Assertions.within(1e-3));
    assertThat(f.clockSource()).contains("no timing report");
  }

  @Test
  void smallerClustersTakeLonger() {
    double largest = warm(ClusterShape.of(2, 64, 64, 16, 112, 48)).total().cycles();
    double one = warm(ClusterShape.of(1, 64, 64, 16, 112, 48)).total().cycles();
    double half = warm(ClusterShape.of(1, 32, 32, 8, 112, 24)).total().cycles();
    assertThat(one).isGreaterThan(1.4 * largest).isGreaterThan(butterflyBound(64));
    assertThat(half).isGreaterThan(1.8 * one).isGreaterThan(butterflyBound(32));
  }
}
