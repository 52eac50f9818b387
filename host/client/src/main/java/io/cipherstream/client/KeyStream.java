package io.cipherstream.client;

import io.cipherstream.wire.KeyPieces;
import io.netty.buffer.ByteBuf;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A key envelope as a stream that makes each piece when it is read. */
final class KeyStream extends InputStream {

  private final KeyPieces pieces;
  private @Nullable ByteBuf piece;

  KeyStream(KeyPieces pieces) {
    this.pieces = pieces;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    ByteBuf current = piece;
    while (current == null || !current.isReadable()) {
      if (current != null) {
        current.release();
        piece = null;
      }
      if (!pieces.hasNext()) {
        return -1;
      }
      current = pieces.next();
      piece = current;
    }
    int count = Math.min(length, current.readableBytes());
    current.readBytes(target, offset, count);
    return count;
  }

  @Override
  public void close() {
    if (piece != null) {
      piece.release();
      piece = null;
    }
  }
}
