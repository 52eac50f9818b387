package io.cipherstream.wire;

import static io.cipherstream.wire.WireFixture.ALLOC;
import static io.cipherstream.wire.WireFixture.SCALE;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each test is one attack; unless it says otherwise, the attacker can sign what it sends. */
class HostileCiphertextTest {

  private static final int LIMBS = 2;

  private final WireFixture f = new WireFixture(CkksParameters.N8192, 21);
  private ByteBuf envelope = Unpooled.EMPTY_BUFFER;

  @BeforeEach
  void write() {
    envelope = f.seeded(3, 1, LIMBS, WordPacking.BIT_PACKED);
  }

  @AfterEach
  void release() {
    envelope.release();
  }

  @Test
  void otherMagic() {
    assertThat(refused(envelope.setIntLE(0, 0x5453))).isEqualTo(Kind.MAGIC);
  }

  @Test
  void futureVersion() {
    assertThat(refused(envelope.setShortLE(4, 2))).isEqualTo(Kind.VERSION);
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 7, 8, 9, 14, 28, 80, 87, 160, 191})
  void headerByteThatNoEnvelopeHas(int offset) {
    assertThat(refused(envelope.setByte(offset, 0x77))).isEqualTo(Kind.HEADER);
  }

  @ParameterizedTest
  @EnumSource(
      value = EnvelopeKind.class,
      names = {"ROTATION_KEY", "PUBLIC_KEY", "RELINEARIZATION_KEY"})
  void keyWhereACiphertextIsExpected(EnvelopeKind kind) {
    assertThat(refused(envelope.setByte(6, kind.code()))).isEqualTo(Kind.UNEXPECTED);
  }

  @Test
  void serversOwnReplySentBack() {
    ByteBuf reply =
        copied(
            f.writer(WordPacking.BIT_PACKED)
                .ciphertext(f.at(3, 1), LIMBS, SCALE, f.words(2, LIMBS)));
    assertThat(refusedAsIs(reply)).isEqualTo(Kind.UNEXPECTED);
    reply.release();
  }

  @Test
  void otherParameterSet() {
    WireFixture other = new WireFixture(CkksParameters.N16384, 21);
    ByteBuf foreign = other.seeded(3, 1, LIMBS, WordPacking.BIT_PACKED);
    assertThat(refusedAsIs(foreign)).isEqualTo(Kind.PARAMETERS);
    foreign.release();
  }

  @Test
  void otherSession() {
    assertThat(refused(envelope.setByte(64, envelope.getByte(64) ^ 1))).isEqualTo(Kind.SESSION);
  }

  @Test
  void otherKeyPair() {
    assertThat(refused(envelope.setByte(159, envelope.getByte(159) ^ 0x80))).isEqualTo(Kind.KEY);
  }

  @Test
  void replayedRound() {
    assertThat(refused(envelope.setIntLE(20, 2))).isEqualTo(Kind.REPLAYED);
  }

  @Test
  void replayedIndex() {
    assertThat(refused(envelope.setIntLE(24, 0))).isEqualTo(Kind.REPLAYED);
  }

  @Test
  void replayedFromAnotherInference() {
    assertThat(refused(envelope.setByte(50, envelope.getByte(50) ^ 4))).isEqualTo(Kind.REPLAYED);
  }

  @Test
  void roundOutOfOrder() {
    assertThat(refused(envelope.setIntLE(20, 4).setIntLE(24, 0))).isEqualTo(Kind.OUT_OF_ORDER);
  }

  @Test
  void indexOutOfOrder() {
    assertThat(refused(envelope.setIntLE(24, 2))).isEqualTo(Kind.OUT_OF_ORDER);
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -2})
  void negativeRound(int round) {
    assertThat(refused(envelope.setIntLE(20, round))).isEqualTo(Kind.HEADER);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 5, 65535})
  void wrongLevel(int limbs) {
    assertThat(refused(envelope.setShortLE(10, limbs))).isEqualTo(Kind.LEVEL);
  }

  @Test
  void digitsInACiphertext() {
    assertThat(refused(envelope.setShortLE(12, 2))).isEqualTo(Kind.LEVEL);
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        0.0,
        -0.0,
        -SCALE,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        SCALE * (1 + 0x1p-52),
        1.0
      })
  void wrongScale(double scale) {
    assertThat(refused(envelope.setLongLE(32, Double.doubleToRawLongBits(scale))))
        .isEqualTo(Kind.SCALE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 191, 192, 193, 223, 1000})
  void truncatedTo(int length) {
    assertThat(refusedAsIs(envelope.slice(0, length))).isEqualTo(Kind.TRUNCATED);
  }

  @Test
  void oneByteShort() {
    assertThat(refusedAsIs(envelope.slice(0, envelope.readableBytes() - 1)))
        .isEqualTo(Kind.TRUNCATED);
  }

  @Test
  void oneByteLong() {
    ByteBuf longer = ALLOC.directBuffer().writeBytes(envelope, 0, envelope.readableBytes());
    assertThat(refusedAsIs(longer.writeByte(0))).isEqualTo(Kind.OVERSIZED);
    longer.release();
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, 1L << 40, 90177})
  void oversizedDeclaration(long length) {
    assertThat(refused(envelope.setLongLE(40, length))).isEqualTo(Kind.OVERSIZED);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 64})
  void undersizedDeclaration(long length) {
    assertThat(refused(envelope.setLongLE(40, length))).isEqualTo(Kind.TRUNCATED);
  }

  @Test
  void otherPackingThanTheBytesHave() {
    assertThat(refused(envelope.setByte(8, 0))).isEqualTo(Kind.TRUNCATED);
  }

  @Test
  void packedWordEqualToItsModulus() {
    int secondLimb = EnvelopeHeader.BYTES + 64 + BitPacker.packedBytes(8192, 50);
    long q1 = f.parameters.dataPrime(1).value();
    long old = envelope.getLongLE(secondLimb + 38);
    envelope.setLongLE(secondLimb + 38, (old & -(1L << 38)) | q1);
    WireException e = exception(f.resign(envelope));
    assertThat(e.kind()).isEqualTo(Kind.WORD);
    assertThat(e.field()).isEqualTo("word 8 of limb 1 of polynomial 0");
    assertThat(e.received()).isEqualTo(Long.toString(q1));
    assertThat(e.expected()).contains(Long.toString(q1));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, 1125899906629633L})
  void rawWordNotBelowItsModulus(long word) {
    ByteBuf raw = f.seeded(3, 1, LIMBS, WordPacking.RAW);
    raw.setLongLE(EnvelopeHeader.BYTES + 64 + 8 * 8191, word);
    WireException e = exception(f.resign(raw));
    assertThat(e.kind()).isEqualTo(Kind.WORD);
    assertThat(e.field()).isEqualTo("word 8191 of limb 0 of polynomial 0");
    raw.release();
  }

  @Test
  void changedPayloadWithoutTheTransportKey() {
    int at = envelope.readableBytes() / 2;
    assertThat(refusedAsIs(envelope.setByte(at, envelope.getByte(at) ^ 1))).isEqualTo(Kind.DIGEST);
  }

  @Test
  void signedWithAnotherSessionsTransportKey() {
    WireSession forged = new WireSession(f.parameters, f.sessionId, f.fingerprint, f.bytes(32));
    ByteBuf fake =
        copied(
            new EnvelopeWriter(forged, WordPacking.BIT_PACKED, ALLOC)
                .seededCiphertext(f.at(3, 1), LIMBS, SCALE, f.bytes(64), f.words(1, LIMBS)));
    assertThat(refusedAsIs(fake)).isEqualTo(Kind.DIGEST);
    fake.release();
  }

  @Test
  void envelopeThatComesWhenNoneIsDue() {
    assertThat(f.reader().notDue(envelope, f.at(4, 0)).kind()).isEqualTo(Kind.REPLAYED);
    assertThat(f.reader().notDue(envelope, f.at(3, 1)).kind()).isEqualTo(Kind.OUT_OF_ORDER);
    assertThat(f.reader().notDue(envelope, f.at(3, 0)).kind()).isEqualTo(Kind.OUT_OF_ORDER);
    assertThat(f.reader().notDue(envelope.slice(0, 9), f.at(4, 0)).kind())
        .isEqualTo(Kind.TRUNCATED);
  }

  private Kind refused(ByteBuf changed) {
    return exception(f.resign(changed)).kind();
  }

  private Kind refusedAsIs(ByteBuf message) {
    return exception(message).kind();
  }

  private WireException exception(ByteBuf message) {
    WireException e =
        catchThrowableOfType(
            WireException.class,
            () -> f.reader().seededCiphertext(message, f.at(3, 1), LIMBS, SCALE).close());
    assertThat(e).isNotNull();
    assertThat(e).hasMessageContaining("expected").hasMessageContaining("received");
    return e;
  }
}
