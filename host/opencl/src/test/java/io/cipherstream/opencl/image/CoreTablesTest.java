package io.cipherstream.opencl.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.RandomPrograms;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tables and result lines against their definition, in arithmetic that is not ours. */
@Tag("native")
class CoreTablesTest {

  @Test
  void tablesAreWhatTheCoreReads() {
    LimbRing ring = RandomPrograms.ring(7, 64, 3, 50);
    List<Integer> moduli = List.of(2, 0);
    ByteBuffer table = CoreTables.of(ring, moduli, 55);
    assertThat(table.remaining()).isEqualTo(2 * 64 + 2 * 64 * 8);
    for (int i = 0; i < moduli.size(); i++) {
      BigInteger q = BigInteger.valueOf(ring.modulus(moduli.get(i)).value());
      BigInteger r = BigInteger.ONE.shiftLeft(55).mod(q);
      assertThat(table.getLong(i * 64)).isEqualTo(q.longValue());
      assertThat(table.getLong(i * 64 + 8)).isEqualTo(r.multiply(r).mod(q).longValue());
      assertThat(table.getLong(i * 64 + 16)).isEqualTo(2 + 8 * i);
      BigInteger psi = BigInteger.valueOf(ring.root(moduli.get(i)));
      for (int k = 0; k < 64; k++) {
        int reversed = Integer.reverse(k) >>> 26;
        BigInteger expected = psi.pow(reversed).multiply(r).mod(q);
        assertThat(table.getLong((2 + 8 * i) * 64 + 8 * k)).isEqualTo(expected.longValue());
      }
    }
  }

  @Test
  void resultLinesAreRead() {
    ByteBuffer lines = ByteBuffer.allocate(CoreResult.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    CoreResult.erase(lines);
    assertThat(CoreResult.of(lines).written()).isFalse();
    lines.putInt(0, 4).putInt(4, 17).putLong(8, 3).putLong(16, 1000).putLong(24, 500);
    lines.putLong(32, 400).putLong(40, 16).putLong(48, 300).putInt(56, CoreResult.MAGIC);
    lines.putInt(60, 1);
    for (int i = 0; i < 14; i++) {
      lines.putInt(64 + 4 * i, 100 + i);
    }
    CoreResult result = CoreResult.of(lines);
    assertThat(result)
        .isEqualTo(
            new CoreResult(
                4,
                17,
                3,
                new CoreWork(1000, 500, 400, 16),
                CoreResult.MAGIC,
                1,
                new CoreCapabilities(
                    100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112)));
    assertThat(result.written()).isTrue();
    assertThat(CoreStatus.of(4)).contains(CoreStatus.OUTSIDE_SEGMENT);
    assertThat(CoreStatus.of(11)).isEmpty();
    assertThat(CoreStatus.of(-1)).isEmpty();
  }
}
