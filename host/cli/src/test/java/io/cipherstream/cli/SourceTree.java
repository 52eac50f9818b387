package io.cipherstream.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The files of a tree that people write, without what a build or a tool has put there. */
final class SourceTree {

  /** The root of this repository. */
  static final Path ROOT =
      Path.of(System.getProperty("cipherstream.root")).toAbsolutePath().normalize();

  private SourceTree() {}

  /**
   * The files below a folder whose names fit. Folders named {@code target} or {@code node_modules}
   * and hidden ones, {@code .ci} excepted, are left out.
   */
  static List<Path> files(Path root, Predicate<Path> wanted) {
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return folder.equals(root) || written(folder.getFileName().toString())
                  ? FileVisitResult.CONTINUE
                  : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (wanted.test(file)) {
                files.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files.stream().sorted().toList();
  }

  private static boolean written(String folder) {
    return !folder.equals("target")
        && !folder.equals("node_modules")
        && (!folder.startsWith(".") || folder.equals(".ci"));
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }
}
