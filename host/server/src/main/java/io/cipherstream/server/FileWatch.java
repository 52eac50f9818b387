package io.cipherstream.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a file has changed since it was last asked: by another file in its place, another
 * time or another size. The first answer is yes, since the file may have changed between its last
 * reading and then. Not for several threads.
 */
final class FileWatch {

  private final Path file;
  private @Nullable Stamp seen;

  private record Stamp(@Nullable Object key, long modifiedMillis, long size) {
    private static final Stamp GONE = new Stamp(null, 0, -1);
  }

  FileWatch(Path file) {
    this.file = file;
  }

  boolean hasChanged() {
    Stamp now = stamp();
    boolean changed = !now.equals(seen);
    seen = now;
    return changed;
  }

  private Stamp stamp() {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(now.fileKey(), now.lastModifiedTime().toMillis(), now.size());
    } catch (IOException e) {
      return Stamp.GONE;
    }
  }
}
