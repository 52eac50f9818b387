package io.cipherstream.model;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A safetensors file: 8 bytes of header length, a JSON header, tensors. Nothing is read beyond the
 * header before a tensor is asked for, and nothing is allocated on the header's word alone.
 * Thread-safe until it is closed.
 */
public final class SafetensorsFile implements OpenTensors {

  /** Longest JSON header in bytes. */
  static final int HEADER_BYTES_MAX = 16 << 20;

  /** Longest tensor in bytes. */
  static final long TENSOR_BYTES_MAX = 1L << 30;

  private final Path path;
  private final FileChannel channel;
  private final SafetensorsHeader header;
  private final long dataStart;

  private SafetensorsFile(
      Path path, FileChannel channel, SafetensorsHeader header, long dataStart) {
    this.path = path;
    this.channel = channel;
    this.header = header;
    this.dataStart = dataStart;
  }

  /**
   * Opens a file and checks its header: every tensor lies in the file, none overlap.
   *
   * @throws ModelException of kind NOT_FOUND, TRUNCATED, MALFORMED, SHAPE or IO
   */
  public static SafetensorsFile open(Path path) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
      long size = channel.size();
      if (size < 8) {
        throw truncated(path, "has " + size + " bytes: expected at least 8", null);
      }
      LfsPointer.check(path, readFully(path, channel, 0, (int) Math.min(size, 64)).array());
      long length = readFully(path, channel, 0, 8).getLong();
      if (length < 2 || length > HEADER_BYTES_MAX) {
        throw SafetensorsHeader.malformed(
            "header of "
                + Long.toUnsignedString(length)
                + " bytes in "
                + path.getFileName()
                + ": expected 2 to "
                + HEADER_BYTES_MAX);
      }
      if (8 + length > size) {
        throw truncated(path, "has " + size + " bytes, its header alone " + length, null);
      }
      byte[] json = new byte[(int) length];
      readFully(path, channel, 8, (int) length).get(json);
      SafetensorsHeader header = SafetensorsHeader.parse(json, size - 8 - length);
      SafetensorsFile file = new SafetensorsFile(path, channel, header, 8 + length);
      channel = null;
      return file;
    } catch (NoSuchFileException e) {
      throw new ModelException(ModelException.Kind.NOT_FOUND, "no file " + path, e);
    } catch (IOException e) {
      throw new ModelException(ModelException.Kind.IO, "cannot read " + path + ": " + e, e);
    } finally {
      closeQuietly(channel);
    }
  }

  /** The {@code __metadata__} strings. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(header.entries().keySet());
  }

  /**
   * Reads a tensor.
   *
   * @throws ModelException of kind TENSOR_MISSING if there is none of that name, UNSUPPORTED if its
   *     type is none of {@link TensorType}, SHAPE if it is too long, IO
   */
  @Override
  public TensorData read(String name) {
    SafetensorsHeader.Entry entry = header.entries().get(name);
    if (entry == null) {
      throw SafetensorsHeader.missing(name, names());
    }
    TensorType type;
    try {
      type = TensorType.valueOf(entry.dtype());
    } catch (IllegalArgumentException e) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "tensor '"
              + name
              + "' has type "
              + entry.dtype()
              + ": expected F16, BF16, F32, F64 or I64",
          e);
    }
    long bytes = entry.end() - entry.begin();
    if (bytes > TENSOR_BYTES_MAX) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "tensor '" + name + "' has " + bytes + " bytes: at most " + TENSOR_BYTES_MAX);
    }
    try {
      ByteBuffer data = readFully(path, channel, dataStart + entry.begin(), (int) bytes);
      return new TensorData(name, type, entry.shape(), data);
    } catch (IOException e) {
      throw new ModelException(ModelException.Kind.IO, "cannot read " + path + ": " + e, e);
    }
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }

  private static ByteBuffer readFully(Path path, FileChannel channel, long at, int bytes)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw truncated(path, "ends inside a tensor", new EOFException());
      }
    }
    return buffer.flip();
  }

  private static ModelException truncated(Path path, String what, @Nullable Throwable cause) {
    String message = "safetensors file " + path.getFileName() + " " + what;
    return cause == null
        ? new ModelException(ModelException.Kind.TRUNCATED, message)
        : new ModelException(ModelException.Kind.TRUNCATED, message, cause);
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new ModelException(ModelException.Kind.IO, "cannot close a model file: " + e, e);
      }
    }
  }
}
