package io.cipherstream.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * A key envelope in pieces (header, each digit, keyed digest) that are made when they are asked
 * for, so that a sender with back-pressure holds one digit at a time. The taker releases each
 * piece.
 */
public final class KeyPieces implements Iterator<ByteBuf> {

  private final EnvelopeHeader header;
  private final PolynomialCodec codec;
  private final KeyDigits digits;
  private final EnvelopeMac mac;
  private final ByteBufAllocator alloc;
  private int next = -1;

  KeyPieces(
      EnvelopeHeader header,
      PolynomialCodec codec,
      KeyDigits digits,
      EnvelopeMac mac,
      ByteBufAllocator alloc) {
    this.header = header;
    this.codec = codec;
    this.digits = digits;
    this.mac = mac;
    this.alloc = alloc;
  }

  /** Bytes of the whole envelope, for {@code Content-Length}. */
  public long length() {
    return EnvelopeSizes.OVERHEAD_BYTES + header.payloadBytes();
  }

  @Override
  public boolean hasNext() {
    return next <= header.digits();
  }

  @Override
  public ByteBuf next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the key has no further piece");
    }
    int piece = next++;
    if (piece < 0) {
      ByteBuf bytes = alloc.directBuffer(EnvelopeHeader.BYTES, EnvelopeHeader.BYTES);
      header.writeTo(bytes);
      return covered(bytes);
    }
    if (piece < header.digits()) {
      return covered(digit(piece));
    }
    return alloc.directBuffer(EnvelopeMac.BYTES).writeBytes(mac.finish());
  }

  /** All pieces in one composite buffer. */
  public ByteBuf toBuffer() {
    CompositeByteBuf all = alloc.compositeDirectBuffer(header.digits() + 2);
    forEachRemaining(piece -> all.addComponent(true, piece));
    return all;
  }

  private ByteBuf digit(int digit) {
    int length = EnvelopeSizes.SEED_BYTES + codec.payloadBytes();
    ByteBuf bytes = alloc.directBuffer(length, length);
    try {
      bytes.writeBytes(Checked.seed(digits.seed(digit)));
      var words = Checked.words(digits.c0Words(digit), codec.wordBytes());
      codec.write(words, words.position(), bytes);
      return bytes;
    } catch (RuntimeException e) {
      bytes.release();
      throw e;
    }
  }

  private ByteBuf covered(ByteBuf piece) {
    mac.update(piece, 0, piece.writerIndex());
    return piece;
  }
}
