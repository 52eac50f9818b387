package io.cipherstream.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** The readable bytes of a buffer as a channel; the buffer's own indices do not move. */
final class BufferChannel implements ReadableByteChannel {

  private final ByteBuf rest;

  BufferChannel(ByteBuf buffer) {
    this.rest = buffer.duplicate();
  }

  @Override
  public int read(ByteBuffer into) {
    int length = Math.min(into.remaining(), rest.readableBytes());
    if (length == 0 && into.hasRemaining()) {
      return -1;
    }
    ByteBuffer part = into.slice(into.position(), length);
    rest.readBytes(part);
    into.position(into.position() + length);
    return length;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
