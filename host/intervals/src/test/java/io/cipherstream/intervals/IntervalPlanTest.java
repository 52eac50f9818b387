package io.cipherstream.intervals;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntervalPlanTest {

  /** As docs/protocol.md shows it. */
  private static final String TEXT =
      String.join(
          "\n",
          List.of(
              "cipherstream intervals plan 1",
              "PAIR 4",
              "810677c4b21f1c162ca5401fc1f7363bca9455260ac01e100ddb3179f575b1d3",
              "in 4 2@%s",
              "out 4 1@0x1.0p38",
              "3"));

  @Test
  void theDigestIsThatOfTheDocumentedText() throws Exception {
    String text = String.format(TEXT, "0x1.ffffa40008p37");
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    assertThat(new IntervalPlan(IntervalMode.PAIR, 4).digestHex())
        .isEqualTo(HexFormat.of().formatHex(digest));
  }

  @Test
  void everyPlanHasItsOwnDigest() {
    assertThat(IntervalPlan.all().stream().map(IntervalPlan::digestHex).distinct()).hasSize(16);
  }
}
