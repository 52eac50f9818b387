package io.cipherstream.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The data that an ONNX file keeps in other files beside it. Only files below its own folder are
 * read, and only the stretch that a tensor names.
 */
final class OnnxExternal {

  /** Most bytes that the tensors of one model have outside its file. */
  static final long BYTES_MAX = 4L << 30;

  private final @Nullable Path model;
  private long bytes;

  private OnnxExternal(@Nullable Path model) {
    this.model = model;
  }

  /** Files beside a model. */
  static OnnxExternal beside(Path model) {
    return new OnnxExternal(model);
  }

  /** For a model that has no folder: every outside tensor is refused. */
  static OnnxExternal none() {
    return new OnnxExternal(null);
  }

  /**
   * A tensor's bytes, little-endian.
   *
   * @param entries location, and where stated offset and length in bytes
   * @param count bytes that the tensor has by its shape and type
   * @throws ModelException of kind NOT_FOUND, MALFORMED, SHAPE, TRUNCATED, UNSUPPORTED or IO
   */
  ByteBuffer read(String tensor, Map<String, String> entries, long count) {
    Path file = file(tensor, entries.getOrDefault("location", ""));
    long offset = number(tensor, entries, "offset", 0);
    long length = number(tensor, entries, "length", count);
    if (length != count || offset < 0) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          about(tensor)
              + length
              + " bytes from "
              + offset
              + " on: expected "
              + count
              + " by its shape");
    }
    bytes += count;
    if (bytes > BYTES_MAX || count > Integer.MAX_VALUE) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          about(tensor) + "with others more than " + BYTES_MAX + " bytes");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (offset > channel.size() - count) {
        throw new ModelException(
            ModelException.Kind.TRUNCATED,
            about(tensor)
                + count
                + " bytes from "
                + offset
                + " on, but "
                + file.getFileName()
                + " has "
                + channel.size());
      }
      ByteBuffer out = OnnxReader.littleEndian((int) count);
      while (out.hasRemaining()) {
        if (channel.read(out, offset + out.position()) < 0) {
          throw new ModelException(
              ModelException.Kind.TRUNCATED, file.getFileName() + " ends inside a tensor");
        }
      }
      return out.flip();
    } catch (NoSuchFileException e) {
      throw missing(tensor, file, e);
    } catch (IOException e) {
      throw ModelFiles.io("cannot read " + file, e);
    }
  }

  private static ModelException missing(String tensor, Path file, IOException e) {
    return new ModelException(
        ModelException.Kind.NOT_FOUND,
        about(tensor)
            + "its data in "
            + file.getFileName()
            + ", which is not beside the model: copy it there, or export into one file"
            + " (torch.onnx.export(…, external_data=False))",
        e);
  }

  private static String about(String tensor) {
    return "ONNX tensor '" + tensor + "' has ";
  }

  private Path file(String tensor, String location) {
    if (model == null) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          about(tensor) + "its data in another file: unpack the archive, or export into one file");
    }
    Path folder = model.toAbsolutePath().normalize().getParent();
    Path relative;
    try {
      relative = Path.of(location);
    } catch (InvalidPathException e) {
      throw outside(tensor, location, e);
    }
    if (folder == null || location.isEmpty() || relative.isAbsolute()) {
      throw outside(tensor, location, null);
    }
    Path file = folder.resolve(relative).normalize();
    if (!file.startsWith(folder)) {
      throw outside(tensor, location, null);
    }
    try {
      if (Files.exists(file) && !isBelow(file.toRealPath(), folder.toRealPath())) {
        throw outside(tensor, location, null);
      }
    } catch (IOException e) {
      throw ModelFiles.io("cannot read " + file, e);
    }
    return file;
  }

  /** Links may lead to where the model's own link leads, as in Hugging Face's cache. */
  private boolean isBelow(Path file, Path folder) throws IOException {
    Path own = model == null ? null : model.toRealPath().getParent();
    return file.startsWith(folder) || (own != null && own.equals(file.getParent()));
  }

  private static ModelException outside(String tensor, String location, @Nullable Throwable e) {
    String message =
        about(tensor) + "its data in '" + location + "': expected a file in the model's folder";
    return e == null
        ? new ModelException(ModelException.Kind.MALFORMED, message)
        : new ModelException(ModelException.Kind.MALFORMED, message, e);
  }

  private static long number(
      String tensor, Map<String, String> entries, String key, long otherwise) {
    String text = entries.get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new ModelException(
          ModelException.Kind.MALFORMED,
          about(tensor) + key + " '" + text + "' of its outside data: expected a number",
          e);
    }
  }
}
