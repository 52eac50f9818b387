package io.cipherstream.workflow.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.ArchiveWriter;
import org.jspecify.annotations.Nullable;

/**
 * Receives an archive's bytes. PyTorch's own file writer ends the process when a disk is full. This
 * one remembers the failure, discards all further bytes, and throws at the end.
 */
final class FileSink extends ArchiveWriter {

  private final FileChannel channel;
  private @Nullable IOException failure;

  FileSink(Path file) throws IOException {
    this.channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
  }

  @Override
  public long call(@Nullable Pointer bytes, long count) {
    if (bytes == null || failure != null) {
      return count;
    }
    try {
      for (long done = 0; done < count; ) {
        int part = (int) Math.min(1 << 24, count - done);
        ByteBuffer buffer = new BytePointer(bytes).position(done).limit(done + part).asByteBuffer();
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        done += part;
      }
    } catch (IOException e) {
      failure = e;
    }
    return count;
  }

  /**
   * Makes the written bytes durable.
   *
   * @throws IOException the first failure of all writes
   */
  void finish() throws IOException {
    if (failure != null) {
      throw failure;
    }
    channel.force(true);
  }

  @Override
  public void close() {
    super.close();
    try {
      channel.close();
    } catch (IOException e) {
      if (failure == null) {
        failure = e;
      }
    }
  }
}
