package io.cipherstream.server.storage;

import io.cipherstream.files.FileTrees;
import io.cipherstream.files.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * Copies of a store as it was before an upgrade changed it: {@code copies/version-1} and so on.
 * Keys and tracks, which are never written in place, are a second name of the same file, so that a
 * copy takes little room. Blocks.
 */
public final class StoreCopies {

  static final String FOLDER = "copies";

  /** How long a copy is kept. Keys of sessions that were deleted since stay in it as long. */
  private static final Duration KEPT = Duration.ofDays(7);

  private StoreCopies() {}

  /** Copies a store; returns where the copy is. */
  static Path make(Path data, int version) throws IOException {
    Path copies = data.resolve(FOLDER);
    Path making = copies.resolve(Store.IN_MAKING);
    Path made = copies.resolve("version-" + version);
    FileTrees.delete(making);
    FileTrees.delete(made);
    OwnerOnly.createFolders(making);
    Store.visit(
        data,
        (file, name) -> {
          Path to = making.resolve(name);
          OwnerOnly.createFolders(to.getParent() == null ? making : to.getParent());
          if (name.endsWith(".key") || name.endsWith(".ct")) {
            Files.createLink(to, file);
          } else {
            Files.copy(file, to, StandardCopyOption.COPY_ATTRIBUTES);
          }
        });
    Files.move(making, made, StandardCopyOption.ATOMIC_MOVE);
    return made;
  }

  /** Deletes copies that were made long ago. */
  public static void sweep(Path data, Instant now) throws IOException {
    Path copies = data.resolve(FOLDER);
    if (!Files.isDirectory(copies)) {
      return;
    }
    try (Stream<Path> all = Files.list(copies)) {
      for (Path copy : all.toList()) {
        if (Files.getLastModifiedTime(copy).toInstant().isBefore(now.minus(KEPT))) {
          FileTrees.delete(copy);
        }
      }
    }
  }
}
