package io.cipherstream.server.storage;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a data directory that an appliance cannot make again: sessions and their keys,
 * tracks, counts, logs, identity. A running appliance replaces each of them as a whole, but for the
 * used inference ids, whose slots have checksums.
 */
final class Store {

  /** A folder in which a copy or a restore is put together, until it is whole. */
  static final String IN_MAKING = ".in-making";

  /** What is made again, belongs to one process, or is kept elsewhere. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "uploads",
          "jobs",
          "client-packages",
          "engines",
          "models",
          StoreCopies.FOLDER,
          FolderLock.NAME,
          "server.json",
          "lost+found");

  /** A temporary file of one that is being replaced. */
  private static final String TEMPORARY = ".new-";

  private Store() {}

  /** What is done with a file. */
  @FunctionalInterface
  interface Visitor {
    /**
     * @param name its path within the data directory, with slashes
     */
    void file(Path file, String name) throws IOException;
  }

  /** Names of the files and folders at the top that belong to the store, in order. */
  static List<String> parts(Path data) throws IOException {
    if (!Files.exists(data)) {
      return List.of();
    }
    List<String> parts = new ArrayList<>();
    try (Stream<Path> entries = Files.list(data)) {
      for (Path entry : entries.sorted().toList()) {
        String name = String.valueOf(entry.getFileName());
        if (!LEFT_OUT.contains(name) && !name.startsWith(TEMPORARY)) {
          parts.add(name);
        }
      }
    }
    return parts;
  }

  /** Visits every file of the store. One that is deleted meanwhile is left out. */
  static void visit(Path data, Visitor visitor) throws IOException {
    for (String part : parts(data)) {
      if (!part.equals(IN_MAKING)) {
        Files.walkFileTree(data.resolve(part), new Walk(data, visitor));
      }
    }
  }

  private static final class Walk extends SimpleFileVisitor<Path> {
    private final Path data;
    private final Visitor visitor;

    Walk(Path data, Visitor visitor) {
      this.data = data;
      this.visitor = visitor;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      String name = String.valueOf(file.getFileName());
      if (attributes.isRegularFile() && !name.startsWith(TEMPORARY)) {
        try {
          visitor.file(file, data.relativize(file).toString());
        } catch (NoSuchFileException e) {
          if (Files.exists(file)) {
            throw e;
          }
        }
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      return failure == null || failure instanceof NoSuchFileException
          ? FileVisitResult.CONTINUE
          : super.postVisitDirectory(folder, failure);
    }
  }
}
