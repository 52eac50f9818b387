package io.cipherstream.wire;

import static io.cipherstream.wire.WireFixture.ALLOC;
import static io.cipherstream.wire.WireFixture.SCALE;
import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.CkksParameters;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random changes to an envelope: each is refused with a {@link WireException}, none is taken. */
@Tag("slow")
class EnvelopeFuzzTest {

  private static final long SEED = Long.getLong("cipherstream.seed", 20260729L);
  private static final int CASES = 1500;

  private final WireFixture f = new WireFixture(CkksParameters.N8192, SEED);

  @Test
  void unsignedChangesAreNeverAccepted() {
    System.out.println("EnvelopeFuzzTest seed " + SEED);
    ByteBuf good = f.seeded(2, 0, 1, WordPacking.BIT_PACKED);
    Set<WireException.Kind> seen = EnumSet.noneOf(WireException.Kind.class);
    for (int i = 0; i < CASES; i++) {
      ByteBuf bad = mutate(good);
      try {
        if (!bad.equals(good)) {
          f.reader().seededCiphertext(bad, f.at(2, 0), 1, SCALE).close();
          throw new AssertionError("case " + i + " of seed " + SEED + " was accepted");
        }
      } catch (WireException e) {
        seen.add(e.kind());
      } finally {
        bad.release();
      }
    }
    good.release();
    assertThat(seen)
        .contains(
            WireException.Kind.MAGIC,
            WireException.Kind.HEADER,
            WireException.Kind.TRUNCATED,
            WireException.Kind.OVERSIZED,
            WireException.Kind.DIGEST);
  }

  @Test
  void signedChangesAreRefusedOrAreValidCiphertexts() {
    System.out.println("EnvelopeFuzzTest seed " + SEED);
    long q = f.parameters.dataPrime(0).value();
    ByteBuf good = f.seeded(2, 0, 1, WordPacking.RAW);
    int refused = 0;
    for (int i = 0; i < CASES; i++) {
      ByteBuf bad = mutate(good);
      if (bad.readableBytes() > EnvelopeMac.BYTES) {
        f.resign(bad);
      }
      try (WireCiphertext taken = f.reader().seededCiphertext(bad, f.at(2, 0), 1, SCALE)) {
        ByteBuffer words = taken.words();
        while (words.hasRemaining()) {
          assertThat(words.getLong()).isBetween(0L, q - 1);
        }
      } catch (WireException e) {
        refused++;
      } finally {
        bad.release();
      }
    }
    good.release();
    assertThat(refused).isGreaterThan(CASES / 2);
  }

  /** Flips bits (mostly in the header), overwrites, cuts, repeats or extends. */
  private ByteBuf mutate(ByteBuf good) {
    ByteBuf bad = ALLOC.directBuffer().writeBytes(good, 0, good.readableBytes());
    int changes = 1 + f.random.nextInt(3);
    for (int c = 0; c < changes; c++) {
      int length = bad.readableBytes();
      if (length < 16) {
        return bad;
      }
      int at =
          f.random.nextBoolean()
              ? f.random.nextInt(Math.min(length, 256))
              : f.random.nextInt(length);
      switch (f.random.nextInt(8)) {
        case 0 -> bad.writerIndex(at);
        case 1 -> bad.writeBytes(f.bytes(1 + f.random.nextInt(300)));
        case 2 -> bad.setLongLE(Math.min(at, length - 8), f.random.nextLong());
        case 3 -> bad.setBytes(at, f.bytes(Math.min(16, length - at)));
        default -> bad.setByte(at, bad.getByte(at) ^ 1 << f.random.nextInt(8));
      }
    }
    return bad;
  }
}
