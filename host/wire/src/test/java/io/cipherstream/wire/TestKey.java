package io.cipherstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Random digits of a key, and a sink that compares what arrives with them. */
final class TestKey implements KeyDigits {

  private final List<byte[]> seeds = new ArrayList<>();
  private final List<ByteBuffer> words = new ArrayList<>();
  int arrived;

  TestKey(WireFixture f, KeySpec spec) {
    for (int d = 0; d < spec.digits(f.parameters); d++) {
      seeds.add(f.bytes(64));
      words.add(f.words(1, EnvelopeSizes.moduli(f.parameters, spec.limbs(), true)));
    }
  }

  @Override
  public byte[] seed(int digit) {
    return seeds.get(digit);
  }

  @Override
  public ByteBuffer c0Words(int digit) {
    return words.get(digit);
  }

  KeyDigitSink expecting() {
    return (digit, seed, c0Words) -> {
      assertThat(digit).isEqualTo(arrived);
      assertThat(seed).isEqualTo(seeds.get(digit));
      assertThat(c0Words).isEqualTo(words.get(digit));
      arrived++;
    };
  }
}
