package io.cipherstream.wire;

import static io.cipherstream.wire.WireFixture.ALLOC;
import static io.cipherstream.wire.WireFixture.SCALE;
import static io.cipherstream.wire.WireFixture.copied;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.HostCiphertext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EnvelopeRoundTripTest {

  static Stream<Arguments> setsLevelsAndPackings() {
    List<Arguments> all = new ArrayList<>();
    for (CkksParameters set : CkksParameters.ALL_SETS) {
      for (int limbs :
          IntStream.of(1, 2, 3, set.dataLimbs())
              .filter(l -> l <= set.dataLimbs())
              .distinct()
              .toArray()) {
        for (WordPacking packing : WordPacking.values()) {
          all.add(Arguments.of(set, limbs, packing));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("setsLevelsAndPackings")
  void seededCiphertextArrivesWordForWord(CkksParameters set, int limbs, WordPacking packing) {
    WireFixture f = new WireFixture(set, 11);
    byte[] seed = f.bytes(64);
    ByteBuffer c0 = f.words(1, limbs);
    ByteBuf sent = copied(f.writer(packing).seededCiphertext(f.at(-1, 2), limbs, SCALE, seed, c0));
    assertThat((long) sent.readableBytes())
        .isEqualTo(EnvelopeSizes.seededCiphertext(set, limbs, packing));
    try (WireCiphertext got = f.reader().seededCiphertext(sent, f.at(-1, 2), limbs, SCALE)) {
      assertThat(got.words()).isEqualTo(c0);
      assertThat(got.words().isDirect()).isTrue();
      assertThat(got.seed()).isEqualTo(seed);
      assertThat(got.limbs()).isEqualTo(limbs);
      assertThat(got.scale()).isEqualTo(SCALE);
      assertThat(got.polynomials()).isEqualTo(1);
    } finally {
      sent.release();
    }
  }

  @Test
  void aSeedIsExpandedBehindItsWordsAndTheMemoryMovesOn() {
    int limbs = 2;
    WireFixture f = new WireFixture(CkksParameters.N8192, 13);
    byte[] seed = f.bytes(64);
    ByteBuffer c0 = f.words(1, limbs);
    ByteBuffer c1 = f.words(1, limbs);
    ByteBuf sent =
        copied(
            f.writer(WordPacking.BIT_PACKED).seededCiphertext(f.at(-1, 2), limbs, SCALE, seed, c0));
    try (WireCiphertext got = f.reader().seededCiphertext(sent, f.at(-1, 2), limbs, SCALE);
        HostCiphertext whole =
            got.expanded(
                CkksParameters.N8192,
                (count, given, words) -> {
                  assertThat(count).isEqualTo(limbs);
                  assertThat(given).isEqualTo(seed);
                  words.put(c1.duplicate());
                })) {
      assertThat(whole.form()).isEqualTo(new CiphertextForm(2, limbs, SCALE));
      int half = c0.remaining();
      assertThat(whole.words().slice(0, half)).isEqualTo(c0);
      assertThat(whole.words().slice(half, half)).isEqualTo(c1);
      assertThatThrownBy(got::words).isInstanceOf(IllegalStateException.class);
    } finally {
      sent.release();
    }
  }

  @ParameterizedTest
  @MethodSource("setsLevelsAndPackings")
  void ciphertextArrivesWordForWord(CkksParameters set, int limbs, WordPacking packing) {
    WireFixture f = new WireFixture(set, 12);
    ByteBuffer words = f.words(2, limbs);
    ByteBuf sent = copied(f.writer(packing).ciphertext(f.at(4, 0), limbs, SCALE, words));
    assertThat((long) sent.readableBytes())
        .isEqualTo(EnvelopeSizes.ciphertext(set, limbs, packing));
    try (WireCiphertext got = f.reader().ciphertext(sent, f.at(4, 0), limbs, SCALE)) {
      assertThat(got.words()).isEqualTo(words);
      assertThat(got.polynomials()).isEqualTo(2);
    } finally {
      sent.release();
    }
  }

  @ParameterizedTest
  @MethodSource("setsLevelsAndPackings")
  void rotationKeyArrivesDigitByDigit(CkksParameters set, int limbs, WordPacking packing) {
    WireFixture f = new WireFixture(set, 13);
    int given = Math.min(limbs, 6);
    KeySpec spec = KeySpec.rotation(-5, given);
    TestKey key = new TestKey(f, spec);
    KeyPieces pieces = f.writer(packing).key(spec, key);
    long length = pieces.length();
    ByteBuf sent = copied(pieces.toBuffer());
    assertThat(length).isEqualTo(sent.readableBytes());
    assertThat(length).isEqualTo(EnvelopeSizes.key(set, spec, packing));
    try {
      new KeyReader(f.session, ALLOC).read(sent, spec, key.expecting());
      assertThat(key.arrived).isEqualTo(set.digits(given));
    } finally {
      sent.release();
    }
  }

  /** 16 limbs of 50 and 15 · 40 bits with four special primes of 50: four digits of 850 bits. */
  @Test
  void keyWithSeveralSpecialPrimesHasADigitForEachFourPrimes() {
    CkksParameters set = CkksParameters.N32768_SEALED;
    WireFixture f = new WireFixture(set, 15);
    KeySpec spec = KeySpec.relinearization(16);
    TestKey key = new TestKey(f, spec);
    ByteBuf sent = copied(f.writer(WordPacking.BIT_PACKED).key(spec, key).toBuffer());
    try {
      assertThat(sent.readableBytes())
          .isEqualTo(EnvelopeSizes.OVERHEAD_BYTES + 4 * (64 + 850 * 32768 / 8));
      new KeyReader(f.session, ALLOC).read(sent, spec, key.expecting());
      assertThat(key.arrived).isEqualTo(4);
    } finally {
      sent.release();
    }
  }

  @Test
  void publicKeyArrivesAndItsFingerprintCanBeRecomputed() {
    CkksParameters set = CkksParameters.N8192;
    WireFixture f = new WireFixture(set, 14);
    KeySpec spec = KeySpec.publicKey(set);
    TestKey key = new TestKey(f, spec);
    byte[] fingerprint = KeyFingerprint.of(set, key.seed(0), key.c0Words(0));
    ByteBuf sent =
        copied(f.writer(WordPacking.BIT_PACKED).publicKey(key.seed(0), key.c0Words(0)).toBuffer());
    List<byte[]> recomputed = new ArrayList<>();
    new KeyReader(f.session, ALLOC)
        .read(sent, spec, (d, seed, c0) -> recomputed.add(KeyFingerprint.of(set, seed, c0)));
    sent.release();
    assertThat(recomputed).hasSize(1);
    assertThat(recomputed.get(0)).isEqualTo(fingerprint).hasSize(32);
    byte[] otherSeed = key.seed(0).clone();
    otherSeed[9] ^= 1;
    assertThat(KeyFingerprint.of(set, otherSeed, key.c0Words(0))).isNotEqualTo(fingerprint);
  }

  @Test
  void compositeSlicedAndHeapBuffersAreReadAlike() {
    WireFixture f = new WireFixture(CkksParameters.N8192, 15);
    byte[] seed = f.bytes(64);
    ByteBuffer c0 = f.words(1, 3);
    ByteBuf sent =
        copied(f.writer(WordPacking.BIT_PACKED).seededCiphertext(f.at(0, 0), 3, SCALE, seed, c0));
    CompositeByteBuf composite = ALLOC.compositeDirectBuffer(10_000);
    int from = 0;
    while (from < sent.readableBytes()) {
      int length = Math.min(1 + f.random.nextInt(5000), sent.readableBytes() - from);
      composite.addComponent(true, sent.retainedSlice(from, length));
      from += length;
    }
    ByteBuf padded = ALLOC.directBuffer().writeZero(13).writeBytes(sent, 0, sent.readableBytes());
    ByteBuf heap = Unpooled.buffer().writeBytes(sent, 0, sent.readableBytes());
    for (ByteBuf odd : List.of(composite, padded.slice(13, sent.readableBytes()), heap)) {
      try (WireCiphertext got = f.reader().seededCiphertext(odd, f.at(0, 0), 3, SCALE)) {
        assertThat(got.words()).isEqualTo(c0);
        assertThat(got.seed()).isEqualTo(seed);
      }
    }
    ByteBuf shifted = padded.skipBytes(13);
    f.reader().seededCiphertext(shifted, f.at(0, 0), 3, SCALE).close();
    assertThat(shifted.readerIndex()).isEqualTo(13);
    composite.release();
    padded.release();
    sent.release();
  }
}
