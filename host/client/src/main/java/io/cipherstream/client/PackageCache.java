package io.cipherstream.client;

import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.model.ClientPackage;
import io.cipherstream.model.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Client packages by their SHA-256: fetched once, and never used if the digest differs. */
final class PackageCache {

  /** Longest client package that is fetched: embeddings of the largest vocabularies fit. */
  static final long PACKAGE_BYTES_MAX = 2L << 30;

  private static final int CHUNK_BYTES = 1 << 16;

  private final Path folder;

  PackageCache(Path folder) {
    this.folder = folder;
  }

  /**
   * The model's client package, fetched if it is not cached.
   *
   * @throws ClientException of kind PROTOCOL if the package has another digest than announced, is
   *     damaged, or is longer than {@link #PACKAGE_BYTES_MAX}
   */
  ClientPackage open(ApplianceHttp http, ModelDescription model, ProgressListener progress) {
    String digestHex = model.clientPackageDigest();
    if (!digestHex.matches("[0-9a-f]{64}")) {
      throw new ClientException(
          Kind.PROTOCOL,
          "client package digest of " + model.name() + ": expected 64 hexadecimal digits");
    }
    Path unpacked = folder.resolve(digestHex);
    if (Files.exists(unpacked)) {
      try {
        return ClientPackage.open(unpacked);
      } catch (ModelException damaged) {
        progress.progress("the cached client package is damaged, fetching it again", 0, 0);
      }
    }
    Patience patience = http.patience();
    while (true) {
      try {
        return fetch(http, model, unpacked, progress);
      } catch (ClientException e) {
        if (!patience.pause(e)) {
          throw e;
        }
      }
    }
  }

  private ClientPackage fetch(
      ApplianceHttp http, ModelDescription model, Path unpacked, ProgressListener progress) {
    SecretFiles.createFolder(folder);
    Path archive = null;
    try (InputStream in = http.download("/v2/models/" + model.name() + "/client-package")) {
      archive = Files.createTempFile(folder, "package", ".zip");
      String received = copy(in, archive, progress);
      if (!received.equals(model.clientPackageDigest())) {
        throw new ClientException(
            Kind.PROTOCOL,
            "client package of "
                + model.name()
                + " has SHA-256 "
                + received
                + ", the appliance announced "
                + model.clientPackageDigest()
                + "; it was discarded");
      }
      try (InputStream zip = Files.newInputStream(archive)) {
        return ClientPackage.readZip(zip, unpacked);
      }
    } catch (ModelException e) {
      throw new ClientException(
          Kind.PROTOCOL, "client package of " + model.name() + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ClientException(
          Kind.LOCAL, "the client package of " + model.name() + " could not be stored: " + e, e);
    } finally {
      deleteQuietly(archive);
    }
  }

  private static void deleteQuietly(@Nullable Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // A leftover under a temporary name is never read.
      }
    }
  }

  private static String copy(InputStream in, Path target, ProgressListener progress)
      throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    long total = 0;
    byte[] chunk = new byte[CHUNK_BYTES];
    try (OutputStream out = new DigestOutputStream(Files.newOutputStream(target), digest)) {
      for (int n = read(in, chunk); n >= 0; n = read(in, chunk)) {
        total += n;
        if (total > PACKAGE_BYTES_MAX) {
          throw new ClientException(
              Kind.PROTOCOL, "the client package is longer than " + PACKAGE_BYTES_MAX + " bytes");
        }
        out.write(chunk, 0, n);
        progress.progress("fetching the client package, kB", total >> 10, 0);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static int read(InputStream in, byte[] chunk) {
    try {
      return in.read(chunk);
    } catch (IOException e) {
      throw new ClientException(Kind.UNREACHABLE, "the client package did not arrive: " + e, e);
    }
  }
}
