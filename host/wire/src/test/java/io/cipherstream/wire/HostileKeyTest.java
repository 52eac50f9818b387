package io.cipherstream.wire;

import static io.cipherstream.wire.WireFixture.ALLOC;
import static io.cipherstream.wire.WireFixture.copied;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.wire.WireException.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostileKeyTest {

  private static final KeySpec SPEC = KeySpec.rotation(4, 2);

  private final WireFixture f = new WireFixture(CkksParameters.N8192, 31);
  private ByteBuf envelope = Unpooled.EMPTY_BUFFER;

  @BeforeEach
  void write() {
    envelope = copied(f.writer(WordPacking.BIT_PACKED).key(SPEC, new TestKey(f, SPEC)).toBuffer());
  }

  @AfterEach
  void release() {
    envelope.release();
  }

  @Test
  void keyOfAnotherSession() {
    assertThat(refused(f.resign(envelope.setByte(70, ~envelope.getByte(70)))))
        .isEqualTo(Kind.SESSION);
  }

  @Test
  void keyOfAnotherKeyPair() {
    assertThat(refused(f.resign(envelope.setByte(128, ~envelope.getByte(128)))))
        .isEqualTo(Kind.KEY);
  }

  @Test
  void keyForAnotherStep() {
    assertThat(refused(f.resign(envelope.setIntLE(16, 5)))).isEqualTo(Kind.UNEXPECTED);
  }

  @Test
  void keyForFewerLimbs() {
    assertThat(refused(f.resign(envelope.setShortLE(10, 1)))).isEqualTo(Kind.LEVEL);
  }

  @Test
  void keyWithMoreDigits() {
    assertThat(refused(f.resign(envelope.setShortLE(12, 3)))).isEqualTo(Kind.LEVEL);
  }

  /** As SEAL would have it with one special prime, where the set has four. */
  @Test
  void keyWithADigitAPrimeOfASetThatHasFewer() {
    WireFixture deep = new WireFixture(CkksParameters.N32768_SEALED, 32);
    KeySpec spec = KeySpec.rotation(4, 2);
    ByteBuf bad =
        copied(deep.writer(WordPacking.BIT_PACKED).key(spec, new TestKey(deep, spec)).toBuffer());
    try {
      deep.resign(bad.setShortLE(12, 2));
      WireException refused =
          catchThrowableOfType(
              WireException.class,
              () -> new KeyReader(deep.session, ALLOC).read(bad, spec, (d, s, c0) -> {}));
      assertThat(refused.kind()).isEqualTo(Kind.LEVEL);
      assertThat(refused).hasMessageContaining("1 digits").hasMessageContaining("2 digits");
    } finally {
      bad.release();
    }
  }

  @Test
  void keyWithAScale() {
    assertThat(refused(f.resign(envelope.setLongLE(32, Double.doubleToRawLongBits(Double.NaN)))))
        .isEqualTo(Kind.SCALE);
  }

  @Test
  void oversizedDeclaration() {
    assertThat(refused(f.resign(envelope.setLongLE(40, 1L << 50)))).isEqualTo(Kind.OVERSIZED);
  }

  @Test
  void bytesAfterTheDigest() {
    assertThat(refused(envelope.writeByte(1))).isEqualTo(Kind.OVERSIZED);
  }

  @Test
  void truncatedInTheSecondDigit() {
    assertThat(refused(envelope.writerIndex(envelope.writerIndex() - 100_000)))
        .isEqualTo(Kind.TRUNCATED);
  }

  @Test
  void truncatedInTheHeader() {
    assertThat(refused(envelope.writerIndex(100))).isEqualTo(Kind.TRUNCATED);
  }

  @Test
  void wordOfTheSpecialPrimeTooLarge() {
    int special = 64 + BitPacker.packedBytes(8192, 50 + 38);
    envelope.setLongLE(EnvelopeHeader.BYTES + special, -1L);
    WireException e = exception(f.resign(envelope));
    assertThat(e.kind()).isEqualTo(Kind.WORD);
    assertThat(e.field()).isEqualTo("word 0 of limb 2 of polynomial 0");
  }

  @Test
  void changedSeedWithoutTheTransportKey() {
    int at = EnvelopeHeader.BYTES + 3;
    assertThat(refused(envelope.setByte(at, envelope.getByte(at) ^ 16))).isEqualTo(Kind.DIGEST);
  }

  private Kind refused(ByteBuf message) {
    return exception(message).kind();
  }

  private WireException exception(ByteBuf message) {
    WireException e =
        catchThrowableOfType(
            WireException.class,
            () -> new KeyReader(f.session, ALLOC).read(message, SPEC, KeyDigitSink.NONE));
    assertThat(e).isNotNull();
    return e;
  }
}
