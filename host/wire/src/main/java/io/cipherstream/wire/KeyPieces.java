package io.cipherstream.wire;

import io.cipherstream.ckks.CkksParameters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Consumer;

/**
 * A key envelope in pieces (header, each digit, keyed digest) that are made when they are asked
 * for, so that a sender with back-pressure holds one digit at a time. The taker owns each piece.
 */
public final class KeyPieces implements Iterator<OwnedBuffer> {

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
  public OwnedBuffer next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the key has no further piece");
    }
    int piece = next++;
    if (piece < 0) {
      return filled(EnvelopeHeader.BYTES, header::writeTo, true);
    }
    if (piece < header.digits()) {
      int length = CkksParameters.SEED_BYTES + codec.payloadBytes();
      return filled(length, bytes -> digit(piece, bytes), true);
    }
    return filled(EnvelopeMac.BYTES, bytes -> bytes.writeBytes(mac.finish()), false);
  }

  /** All pieces in one composite buffer, which the caller owns. */
  public OwnedBuffer toBuffer() {
    return OwnedBuffer.joined(alloc, () -> this);
  }

  private void digit(int digit, ByteBuf out) {
    out.writeBytes(Checked.seed(digits.seed(digit)));
    var words = Checked.words(digits.c0Words(digit), codec.wordBytes());
    codec.write(words, words.position(), out);
  }

  private OwnedBuffer filled(int length, Consumer<ByteBuf> fill, boolean covered) {
    OwnedBuffer piece = OwnedBuffer.direct(alloc, length);
    try {
      ByteBuf bytes = piece.bytes();
      fill.accept(bytes);
      if (covered) {
        mac.update(bytes, 0, bytes.writerIndex());
      }
      return piece;
    } catch (RuntimeException | Error e) {
      piece.close();
      throw e;
    }
  }
}
