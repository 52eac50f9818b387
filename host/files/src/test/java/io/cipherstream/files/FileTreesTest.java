package io.cipherstream.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder goes with all it holds, and with nothing else. */
class FileTreesTest {

  @TempDir private Path folder;

  @Test
  void aFolderGoesWithAllItHolds() throws IOException {
    Path root = Files.createDirectories(folder.resolve("root/a/b")).getParent().getParent();
    Files.writeString(root.resolve("a/b/file"), "x");
    Files.writeString(root.resolve("file"), "y");
    FileTrees.delete(root);
    assertThat(root).doesNotExist();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFileIsDeletedTooAndWhatIsGoneIsNoError() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    FileTrees.delete(file);
    FileTrees.delete(file);
    FileTrees.delete(folder.resolve("never/there"));
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatALinkLeadsToStays() throws IOException {
    Path kept = Files.createDirectory(folder.resolve("kept"));
    Path file = Files.writeString(kept.resolve("file"), "x");
    Path root = Files.createDirectory(folder.resolve("root"));
    Files.createSymbolicLink(root.resolve("link"), kept);
    Files.createSymbolicLink(root.resolve("broken"), folder.resolve("nowhere"));
    FileTrees.delete(root);
    assertThat(root).doesNotExist();
    assertThat(file).hasContent("x");
  }
}
