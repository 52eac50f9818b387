package io.cipherstream.wire;

import io.cipherstream.ckks.CkksParameters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;

/**
 * Parses key envelopes of one session from a channel, one digit in memory at a time. Thread-safe;
 * each call blocks on its channel.
 */
public final class KeyReader {

  private final WireSession session;
  private final ByteBufAllocator alloc;

  public KeyReader(WireSession session, ByteBufAllocator alloc) {
    this.session = session;
    this.alloc = alloc;
  }

  /**
   * Reads one key that ends with the channel and passes its digits to {@code sink}; the key is
   * authentic if and only if this returns.
   *
   * @throws WireException of the kind that says what differs from the expected envelope
   * @throws IOException if the channel fails
   */
  public void read(ReadableByteChannel channel, KeySpec expected, KeyDigitSink sink)
      throws IOException {
    CkksParameters parameters = session.parameters();
    EnvelopeChecks.limbs(parameters, expected.limbs());
    int digits = expected.digits(parameters);
    EnvelopeMac mac = new EnvelopeMac(session);
    WordPacking packing = header(channel, expected, mac);
    PolynomialCodec codec =
        new PolynomialCodec(
            EnvelopeSizes.moduli(parameters, expected.limbs(), true), parameters.degree(), packing);
    int pieceBytes = CkksParameters.SEED_BYTES + codec.payloadBytes();
    try (OwnedBuffer pieceMemory = OwnedBuffer.direct(alloc, pieceBytes);
        OwnedBuffer words = OwnedBuffer.direct(alloc, codec.wordBytes())) {
      ByteBuf piece = pieceMemory.bytes();
      ByteBuffer view = words.bytes().nioBuffer(0, codec.wordBytes()).slice();
      view.order(ByteOrder.LITTLE_ENDIAN);
      for (int digit = 0; digit < digits; digit++) {
        fill(channel, piece, pieceBytes, "digit " + digit);
        mac.update(piece, 0, pieceBytes);
        byte[] seed = new byte[CkksParameters.SEED_BYTES];
        piece.getBytes(0, seed);
        codec.read(piece, CkksParameters.SEED_BYTES, view, 0, digit, alloc);
        sink.digit(digit, seed, view.duplicate().order(ByteOrder.LITTLE_ENDIAN));
      }
      trailer(channel, mac);
    }
  }

  /** As {@link #read(ReadableByteChannel, KeySpec, KeyDigitSink)}, from a buffer. */
  public void read(ByteBuf message, KeySpec expected, KeyDigitSink sink) {
    try (BufferChannel channel = new BufferChannel(message)) {
      read(channel, expected, sink);
    } catch (IOException e) {
      throw new UncheckedIOException("reading a buffer", e);
    }
  }

  private WordPacking header(ReadableByteChannel channel, KeySpec expected, EnvelopeMac mac)
      throws IOException {
    try (OwnedBuffer memory = OwnedBuffer.direct(alloc, EnvelopeHeader.BYTES)) {
      ByteBuf bytes = memory.bytes();
      fill(channel, bytes, EnvelopeHeader.BYTES, "header");
      EnvelopeHeader header = EnvelopeHeader.read(bytes, 0);
      EnvelopeChecks.identity(header, session);
      EnvelopeChecks.key(header, expected, session.parameters());
      EnvelopeChecks.length(
          "declared payload",
          EnvelopeSizes.keyPayload(session.parameters(), expected, header.packing()),
          header.payloadBytes());
      mac.update(bytes, 0, EnvelopeHeader.BYTES);
      return header.packing();
    }
  }

  private void trailer(ReadableByteChannel channel, EnvelopeMac mac) throws IOException {
    try (OwnedBuffer memory = OwnedBuffer.direct(alloc, EnvelopeMac.BYTES + 1)) {
      ByteBuf bytes = memory.bytes();
      fill(channel, bytes, EnvelopeMac.BYTES, "keyed digest");
      byte[] received = new byte[EnvelopeMac.BYTES];
      bytes.getBytes(0, received);
      if (channel.read(bytes.nioBuffer(EnvelopeMac.BYTES, 1)) > 0) {
        throw new WireException(
            WireException.Kind.OVERSIZED, "envelope", "its end after the digest", "more bytes");
      }
      mac.verify(received);
    }
  }

  private static void fill(ReadableByteChannel channel, ByteBuf into, int length, String what)
      throws IOException {
    into.setIndex(0, length);
    ByteBuffer view = into.nioBuffer(0, length);
    while (view.hasRemaining()) {
      if (channel.read(view) < 0) {
        throw new WireException(
            WireException.Kind.TRUNCATED,
            what,
            length + " bytes",
            length - view.remaining() + " bytes");
      }
    }
  }
}
