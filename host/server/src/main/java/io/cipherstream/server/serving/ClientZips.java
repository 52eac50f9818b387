package io.cipherstream.server.serving;

import io.cipherstream.files.FileReplacer;
import io.cipherstream.files.OwnerOnly;
import io.cipherstream.model.ModelPackage;
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
    Path file = folder.resolve(found.manifest().name() + "-" + digest.substring(0, 16) + ".zip");
    if (Files.exists(file)) {
      return file;
    }
    try {
      OwnerOnly.createFolders(folder);
      FileReplacer.SECRET.replace(file, found.client()::writeZip);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
    return file;
  }
}
