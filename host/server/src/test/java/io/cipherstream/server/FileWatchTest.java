package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {

  @TempDir private Path folder;

  @Test
  void theFirstAnswerIsYesSinceNobodyKnowsWhenTheFileWasRead() throws Exception {
    FileWatch watch = new FileWatch(Files.writeString(folder.resolve("f"), "a"));
    assertThat(watch.hasChanged()).isTrue();
    assertThat(watch.hasChanged()).isFalse();
  }

  @Test
  void anotherFileInItsPlaceAnotherSizeAndNoFileAreChanges() throws Exception {
    Path file = Files.writeString(folder.resolve("f"), "a");
    FileWatch watch = new FileWatch(file);
    watch.hasChanged();
    Path other = Files.writeString(folder.resolve("g"), "b");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    assertThat(watch.hasChanged()).as("another file").isTrue();
    Files.writeString(file, "longer");
    assertThat(watch.hasChanged()).as("another size").isTrue();
    Files.delete(file);
    assertThat(watch.hasChanged()).as("no file").isTrue();
    assertThat(watch.hasChanged()).isFalse();
  }
}
