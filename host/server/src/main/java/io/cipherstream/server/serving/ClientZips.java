package io.cipherstream.server.serving;

import io.cipherstream.files.FileReplacer;
import io.cipherstream.files.OwnerOnly;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.network.NetworkDescription;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The client packages as files, which are written in pieces, since a word table may exceed the
 * heap.
 */
final class ClientZips {

  private final Path folder;

  /**
   * @param folder made when it is needed
   */
  ClientZips(Path folder) {
    this.folder = folder;
  }

  /**
   * The zip that clients of a model fetch; made once. Blocks.
   *
   * @param digest of the package, in hexadecimal
   */
  Path of(ModelPackage found, String digest) {
    return file(found.manifest().name(), digest, ".zip", found.client()::writeZip);
  }

  /** What clients of a network fetch: its description. */
  Path of(NetworkDescription network, String digest) {
    return file(network.name(), digest, ".json", out -> out.write(network.toJson()));
  }

  private Path file(String name, String digest, String suffix, FileReplacer.Content content) {
    Path file = folder.resolve(name + "-" + digest.substring(0, 16) + suffix);
    if (Files.exists(file)) {
      return file;
    }
    try {
      OwnerOnly.createFolders(folder);
      FileReplacer.SECRET.replace(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
    return file;
  }
}
