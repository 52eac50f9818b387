package io.cipherstream.client;

import io.cipherstream.wire.KeyPieces;
import io.cipherstream.wire.OwnedBuffer;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A key envelope as a stream that makes each piece when it is read. */
final class KeyStream extends InputStream {

  private final KeyPieces pieces;
  private @Nullable OwnedBuffer piece;

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
    OwnedBuffer current = piece;
    while (current == null || current.length() == 0) {
      if (current != null) {
        current.close();
        piece = null;
      }
      if (!pieces.hasNext()) {
        return -1;
      }
      current = pieces.next();
      piece = current;
    }
    int count = Math.min(length, current.length());
    current.bytes().readBytes(target, offset, count);
    return count;
  }

  @Override
  public void close() {
    if (piece != null) {
      piece.close();
      piece = null;
    }
  }
}
