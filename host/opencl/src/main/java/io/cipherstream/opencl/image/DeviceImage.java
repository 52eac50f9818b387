package io.cipherstream.opencl.image;

import io.cipherstream.ring.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A device image: its manifest, and its bytes, once they are known to match the manifest.
 * Immutable.
 */
public final class DeviceImage {

  /** Name of the manifest in an image's folder. */
  public static final String MANIFEST = "manifest.json";

  private static final long MANIFEST_BYTES_MAX = 1 << 20;

  private final ImageManifest manifest;
  private final byte[] bytes;

  private DeviceImage(ImageManifest manifest, byte[] bytes) {
    this.manifest = manifest;
    this.bytes = bytes;
  }

  /**
   * Reads only the manifest of a folder.
   *
   * @throws EngineException of kind UNAVAILABLE if there is none, BUILD if a member is missing or
   *     out of range
   */
  public static ImageManifest manifest(Path folder) {
    Path file = folder.resolve(MANIFEST);
    if (!Files.isRegularFile(file)) {
      throw new EngineException(
          EngineException.Kind.UNAVAILABLE,
          "no device image in "
              + folder
              + ": expected a folder with "
              + MANIFEST
              + ", as 'cipherstream bitstream build' makes it");
    }
    try {
      long size = Files.size(file);
      if (size > MANIFEST_BYTES_MAX) {
        throw refused(file, "it has " + size + " bytes, expected at most " + MANIFEST_BYTES_MAX);
      }
      return ManifestReader.parse(Files.readAllBytes(file));
    } catch (IOException e) {
      throw unreadable(file, e);
    } catch (IllegalArgumentException e) {
      throw refused(file, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Reads the image of a folder and checks its length and digest.
   *
   * @throws EngineException as {@link #manifest}; of kind BUILD if the file is not the one that the
   *     manifest names
   */
  public static DeviceImage read(Path folder) {
    ImageManifest manifest = manifest(folder);
    Path file = folder.resolve(manifest.image().file());
    if (!Files.isRegularFile(file)) {
      throw refused(file, "it is missing; " + MANIFEST + " beside it names it");
    }
    try {
      long size = Files.size(file);
      if (size != manifest.image().bytes()) {
        throw refused(
            file,
            "it has "
                + size
                + " bytes, expected the "
                + manifest.image().bytes()
                + " that its manifest names: it was cut short or replaced");
      }
      byte[] bytes = Files.readAllBytes(file);
      String digest = sha256(bytes);
      if (!digest.equals(manifest.image().sha256())) {
        throw refused(file, "its SHA-256 is " + digest + ", expected " + manifest.image().sha256());
      }
      return new DeviceImage(manifest, bytes);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  public ImageManifest manifest() {
    return manifest;
  }

  /** The image as a driver takes it. */
  public byte[] bytes() {
    return bytes.clone();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static EngineException unreadable(Path file, IOException cause) {
    return new EngineException(
        EngineException.Kind.UNAVAILABLE, file + " cannot be read: " + cause, cause);
  }

  private static EngineException refused(Path file, String why) {
    return new EngineException(
        EngineException.Kind.BUILD, "device image " + file + ": " + why + "; build it again");
  }

  @Override
  public String toString() {
    return manifest.toString();
  }
}
