package io.cipherstream.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cipherstream.files.FileReplacer;
import io.cipherstream.files.FileTrees;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Bounded reading, digests and atomic replacement of model files. */
public final class ModelFiles {

  /** Bytes moved at a time. */
  static final int CHUNK_BYTES = 1 << 16;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ModelFiles() {}

  /**
   * A whole small file.
   *
   * @throws ModelException of kind NOT_FOUND, SHAPE (longer than bytesMax) or IO
   */
  static byte[] read(Path file, int bytesMax) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(bytesMax);
      if (in.read() >= 0) {
        throw new ModelException(
            ModelException.Kind.SHAPE, file.getFileName() + " is longer than " + bytesMax);
      }
      LfsPointer.check(file, bytes);
      return bytes;
    } catch (NoSuchFileException e) {
      throw new ModelException(ModelException.Kind.NOT_FOUND, "no file " + file, e);
    } catch (IOException e) {
      throw io("cannot read " + file, e);
    }
  }

  /**
   * A JSON object.
   *
   * @throws ModelException also of kind MALFORMED
   */
  static JsonNode json(Path file, int bytesMax) {
    JsonNode root = tree(file, bytesMax);
    if (!root.isObject()) {
      throw new ModelException(
          ModelException.Kind.MALFORMED, file.getFileName() + " is not a JSON object");
    }
    return root;
  }

  /**
   * A JSON value, in which no name stands twice in an object.
   *
   * @throws ModelException also of kind MALFORMED
   */
  static JsonNode tree(Path file, int bytesMax) {
    byte[] bytes = read(file, bytesMax);
    try {
      JsonNode root = JSON.readTree(bytes);
      if (root == null || root.isMissingNode()) {
        throw new ModelException(
            ModelException.Kind.MALFORMED, file.getFileName() + " is empty: expected JSON");
      }
      return root;
    } catch (JsonProcessingException e) {
      throw new ModelException(
          ModelException.Kind.MALFORMED,
          file.getFileName() + " is not JSON: " + e.getOriginalMessage(),
          e);
    } catch (IOException e) {
      throw new ModelException(
          ModelException.Kind.MALFORMED, file.getFileName() + " is not UTF-8 JSON: " + e, e);
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Length and SHA-256 of a file. */
  public static FileDigest digest(Path file) {
    MessageDigest digest = sha256();
    long bytes = 0;
    byte[] chunk = new byte[CHUNK_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        digest.update(chunk, 0, n);
        bytes += n;
      }
    } catch (NoSuchFileException e) {
      throw new ModelException(ModelException.Kind.NOT_FOUND, "no file " + file, e);
    } catch (IOException e) {
      throw io("cannot read " + file, e);
    }
    return new FileDigest(bytes, hex(digest));
  }

  /** Replaces a file by new bytes at once: readers see the old or the new ones. */
  static void replace(Path file, byte[] bytes) {
    replace(file, out -> out.write(bytes));
  }

  /**
   * Replaces a file at once: the new bytes are written beside it, forced to the disk and renamed.
   * After an error the old file is still there and nothing else.
   *
   * @throws ModelException of kind IO
   */
  static void replace(Path file, FileReplacer.Content content) {
    try {
      FileReplacer.DURABLE.replace(file, content);
    } catch (IOException e) {
      throw io("cannot write " + file, e);
    }
  }

  /** Writes what a new folder holds. */
  public interface FolderContent {
    void write(Path folder) throws IOException;
  }

  /**
   * Writes a folder beside the target and renames it, so that the target is whole or absent.
   *
   * @param what of which it is, such as "model mine"
   * @throws ModelException of kind EXISTS if the target is there, or IO
   */
  public static void createFolder(String what, Path target, FolderContent content) {
    if (Files.exists(target)) {
      throw new ModelException(
          ModelException.Kind.EXISTS,
          "there is a model at " + target + ": remove it first or choose another name");
    }
    Path temporary = null;
    try {
      temporary = temporaryBeside(target);
      content.write(temporary);
      move(temporary, target);
      temporary = null;
    } catch (IOException e) {
      throw io("cannot write " + what + " to " + target, e);
    } finally {
      delete(temporary);
    }
  }

  /** A new hidden folder beside a target, with the permissions that any new folder gets. */
  static Path temporaryBeside(Path target) throws IOException {
    Path parent = target.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IOException(target + " has no parent folder");
    }
    Files.createDirectories(parent);
    return Files.createDirectory(parent.resolve(".new-" + UUID.randomUUID()));
  }

  static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Deletes a file or a folder with all it holds; null and absent ones are fine. */
  public static void delete(@Nullable Path path) {
    if (path == null) {
      return;
    }
    try {
      FileTrees.delete(path);
    } catch (IOException e) {
      throw io("cannot delete " + path, e);
    }
  }

  /** An error of kind IO, with what to do where the disk or a quota is full. */
  public static ModelException io(String what, IOException e) {
    String reason = String.valueOf(e.getMessage());
    if (reason.contains("No space left") || reason.contains("quota exceeded")) {
      return new ModelException(
          ModelException.Kind.IO, what + ": the disk is full; free some space and try again", e);
    }
    return new ModelException(ModelException.Kind.IO, what + ": " + e, e);
  }
}
