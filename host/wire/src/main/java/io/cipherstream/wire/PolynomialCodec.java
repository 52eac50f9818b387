package io.cipherstream.wire;

import io.cipherstream.ring.Modulus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** One polynomial, limb by limb, between 64-bit words and the payload of an envelope. */
final class PolynomialCodec {

  private final List<Modulus> moduli;
  private final int degree;
  private final WordPacking packing;
  private final long payloadBytes;

  PolynomialCodec(List<Modulus> moduli, int degree, WordPacking packing) {
    this.moduli = moduli;
    this.degree = degree;
    this.packing = packing;
    this.payloadBytes = EnvelopeSizes.polynomial(moduli, degree, packing);
  }

  int payloadBytes() {
    return Math.toIntExact(payloadBytes);
  }

  int wordBytes() {
    return Math.multiplyExact(Long.BYTES * degree, moduli.size());
  }

  /**
   * Appends the polynomial whose words start at byte {@code from} of {@code words}.
   *
   * @throws IllegalArgumentException if a word is not below its modulus
   */
  void write(ByteBuffer words, int from, ByteBuf out) {
    ByteBuffer source = words.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer target =
        out.nioBuffer(out.writerIndex(), payloadBytes()).order(ByteOrder.LITTLE_ENDIAN);
    int at = target.position();
    int word = from;
    for (int limb = 0; limb < moduli.size(); limb++) {
      Modulus q = moduli.get(limb);
      int bits = packing.bitsPerWord(q.bits());
      int bad =
          packing == WordPacking.RAW
              ? BitPacker.copy(source, word, target, at, degree, q.value())
              : BitPacker.pack(source, word, target, at, degree, bits, q.value());
      if (bad >= 0) {
        throw new IllegalArgumentException(
            "word " + bad + " of limb " + limb + " to send: expected a residue below " + q);
      }
      at += BitPacker.packedBytes(degree, bits);
      word += Long.BYTES * degree;
    }
    out.writerIndex(out.writerIndex() + payloadBytes());
  }

  /**
   * Reads the polynomial at {@code index} of {@code in}, a buffer of any kind, to byte {@code to}
   * of {@code words}. A limb that is spread over several pieces of a composite buffer is gathered
   * in a pooled direct buffer of one limb.
   *
   * @throws WireException {@link WireException.Kind#WORD} with polynomial, limb and position
   */
  void read(
      ByteBuf in, int index, ByteBuffer words, int to, int polynomial, ByteBufAllocator alloc) {
    int at = index;
    int word = to;
    for (int limb = 0; limb < moduli.size(); limb++) {
      Modulus q = moduli.get(limb);
      int bits = packing.bitsPerWord(q.bits());
      int length = BitPacker.packedBytes(degree, bits);
      int bad = readLimb(in, at, length, words, word, q, alloc);
      if (bad >= 0) {
        throw new WireException(
            WireException.Kind.WORD,
            "word " + bad + " of limb " + limb + " of polynomial " + polynomial,
            "a residue in [0, " + q + ")",
            Long.toUnsignedString(words.getLong(word + Long.BYTES * bad)));
      }
      at += length;
      word += Long.BYTES * degree;
    }
  }

  private int readLimb(
      ByteBuf in,
      int at,
      int length,
      ByteBuffer words,
      int word,
      Modulus q,
      ByteBufAllocator alloc) {
    ByteBuffer[] parts = in.nioBuffers(at, length);
    if (parts.length == 1) {
      return decode(parts[0].slice().order(ByteOrder.LITTLE_ENDIAN), words, word, q);
    }
    try (OwnedBuffer gathered = OwnedBuffer.direct(alloc, length)) {
      in.getBytes(at, gathered.bytes(), length);
      ByteBuffer view =
          gathered.bytes().nioBuffer(0, length).slice().order(ByteOrder.LITTLE_ENDIAN);
      return decode(view, words, word, q);
    }
  }

  private int decode(ByteBuffer view, ByteBuffer words, int word, Modulus q) {
    return packing == WordPacking.RAW
        ? BitPacker.copy(view, 0, words, word, degree, q.value())
        : BitPacker.unpack(view, 0, words, word, degree, q.bits(), q.value());
  }
}
