package io.cipherstream.server.serving;

import io.cipherstream.model.ModelPackage;
import io.cipherstream.server.storage.DurableFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The client packages as files, written as they are made: a word table may exceed the heap. */
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
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      DurableFiles.createDirectories(folder);
      Files.deleteIfExists(part);
      DurableFiles.createFile(part);
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
        found.client().writeZip(out);
      } catch (IOException | RuntimeException e) {
        Files.deleteIfExists(part);
        throw e;
      }
      DurableFiles.publish(part, file);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
    return file;
  }
}
