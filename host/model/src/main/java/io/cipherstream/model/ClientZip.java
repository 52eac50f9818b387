package io.cipherstream.model;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/** The zip form of a client package; reading is bounded by constants and by the manifest. */
final class ClientZip {

  /** Largest client package in bytes, unpacked. */
  static final long BYTES_MAX = 2L << 30;

  private ClientZip() {}

  static void write(Path folder, ModelManifest manifest, OutputStream out) {
    try {
      ZipOutputStream zip = new ZipOutputStream(out);
      zip.setLevel(Deflater.BEST_SPEED);
      zip.putNextEntry(entry(ModelManifest.FILE));
      zip.write(manifest.toJson());
      zip.closeEntry();
      for (String file : ClientPackage.files(manifest)) {
        zip.putNextEntry(entry(file));
        Files.copy(folder.resolve(file), zip);
        zip.closeEntry();
      }
      zip.finish();
      zip.flush();
    } catch (IOException e) {
      throw ModelFiles.io("cannot write the client package of " + manifest.name(), e);
    }
  }

  /** Unpacks into a temporary folder beside the target, then renames. */
  static void read(InputStream in, Path folder) {
    Path temporary = null;
    try {
      temporary = ModelFiles.temporaryBeside(folder);
      unpack(new ZipInputStream(in), temporary);
      ModelFiles.delete(folder);
      ModelFiles.move(temporary, folder);
      temporary = null;
    } catch (EOFException e) {
      throw new ModelException(
          ModelException.Kind.TRUNCATED, "client package ends too early: load it again", e);
    } catch (ZipException | IllegalArgumentException e) {
      throw malformed("is not a zip as this program writes it: " + e.getMessage(), e);
    } catch (IOException e) {
      throw ModelFiles.io("cannot unpack a client package to " + folder, e);
    } finally {
      ModelFiles.delete(temporary);
    }
  }

  private static void unpack(ZipInputStream zip, Path folder) throws IOException {
    ZipEntry first = zip.getNextEntry();
    if (first == null || !first.getName().equals(ModelManifest.FILE)) {
      throw malformed(
          "starts with " + (first == null ? "nothing" : first.getName()) + ", not manifest.json",
          null);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    copy(zip, bytes, ModelManifest.BYTES_MAX, ModelManifest.FILE);
    ModelManifest manifest = ModelManifest.fromJson(bytes.toByteArray());
    Files.write(folder.resolve(ModelManifest.FILE), manifest.toJson());
    Files.createDirectory(folder.resolve("client"));
    Set<String> open = new HashSet<>(ClientPackage.files(manifest));
    while (!open.isEmpty()) {
      ZipEntry entry = zip.getNextEntry();
      if (entry == null) {
        throw new ModelException(
            ModelException.Kind.TRUNCATED, "client package ends without " + open);
      }
      if (!open.remove(entry.getName())) {
        throw malformed("holds '" + entry.getName() + "', expected one of " + open, null);
      }
      extract(zip, folder, entry.getName(), manifest.digestOf(entry.getName()));
    }
    if (zip.getNextEntry() != null) {
      throw malformed("holds more than manifest and " + ClientPackage.files(manifest), null);
    }
  }

  private static void extract(ZipInputStream zip, Path folder, String name, FileDigest expected)
      throws IOException {
    if (expected.bytes() < 0 || expected.bytes() > BYTES_MAX) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "client package: " + name + " of " + expected.bytes() + " bytes, at most " + BYTES_MAX);
    }
    String sha256;
    try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
      sha256 = copy(zip, out, expected.bytes(), name);
    }
    if (!sha256.equals(expected.sha256())) {
      throw new ModelException(
          ModelException.Kind.DIGEST,
          "client package: "
              + name
              + " has SHA-256 "
              + sha256
              + ", the manifest says "
              + expected.sha256()
              + ": load it again");
    }
  }

  private static String copy(ZipInputStream zip, OutputStream out, long bytesMax, String name)
      throws IOException {
    MessageDigest digest = ModelFiles.sha256();
    byte[] chunk = new byte[ModelFiles.CHUNK_BYTES];
    long bytes = 0;
    for (int n = zip.read(chunk); n >= 0; n = zip.read(chunk)) {
      bytes += n;
      if (bytes > bytesMax) {
        throw new ModelException(
            ModelException.Kind.SHAPE, "client package: " + name + " is longer than " + bytesMax);
      }
      digest.update(chunk, 0, n);
      out.write(chunk, 0, n);
    }
    return ModelFiles.hex(digest);
  }

  private static ZipEntry entry(String name) {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
    return entry;
  }

  private static ModelException malformed(String what, @Nullable Throwable cause) {
    String message = "client package " + what;
    return cause == null
        ? new ModelException(ModelException.Kind.MALFORMED, message)
        : new ModelException(ModelException.Kind.MALFORMED, message, cause);
  }
}
