package io.cipherstream.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers see the old file or the new one, and nothing is left beside them. */
class FileReplacerTest {

  private static final byte[] NEW = "new".getBytes(StandardCharsets.UTF_8);
  private static final List<FileReplacer> ALL =
      List.of(FileReplacer.PLAIN, FileReplacer.DURABLE, FileReplacer.SECRET);

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void old() throws IOException {
    file = Files.writeString(folder.resolve("file"), "old");
  }

  @Test
  void aFileIsReplacedByBytesOrByWhatAWriterWrites() throws IOException {
    for (FileReplacer replacer : ALL) {
      replacer.replace(file, NEW);
      assertThat(file).hasBinaryContent(NEW);
      replacer.replace(
          file,
          out -> {
            for (int i = 0; i < 100_000; i++) {
              out.write(i);
            }
          });
      assertThat(file).hasSize(100_000);
      assertAlone(file);
    }
  }

  @Test
  void aFileThatIsNotThereIsMade() throws IOException {
    for (FileReplacer replacer : ALL) {
      Files.delete(file);
      replacer.replace(file, NEW);
      assertThat(file).hasBinaryContent(NEW);
    }
  }

  @Test
  void aWriterThatFailsLeavesTheOldFile() throws IOException {
    for (FileReplacer replacer : ALL) {
      assertThatThrownBy(
              () ->
                  replacer.replace(
                      file,
                      out -> {
                        out.write(new byte[1 << 20]);
                        throw new IOException("interrupted");
                      }))
          .isInstanceOf(IOException.class)
          .hasMessage("interrupted");
      assertThatThrownBy(
              () ->
                  replacer.replace(
                      file,
                      out -> {
                        throw new IllegalStateException("no content");
                      }))
          .isInstanceOf(IllegalStateException.class);
      assertThat(file).hasContent("old");
      assertAlone(file);
    }
  }

  @Test
  void aTargetThatCannotBeReplacedLeavesNothingBeside() throws IOException {
    Path full = Files.createDirectory(folder.resolve("full"));
    Files.createFile(full.resolve("inside"));
    for (FileReplacer replacer : ALL) {
      assertThatThrownBy(() -> replacer.replace(full, NEW)).isInstanceOf(FileSystemException.class);
      assertAlone(file, full);
      assertThat(full.resolve("inside")).exists();
    }
  }

  @Test
  void aFolderThatIsNotThereIsAnError() {
    for (FileReplacer replacer : ALL) {
      assertThatThrownBy(() -> replacer.replace(folder.resolve("none/file"), NEW))
          .isInstanceOf(NoSuchFileException.class);
    }
  }

  @Test
  void aSecretIsItsOwnersAlone() throws IOException {
    FileReplacer.SECRET.replace(file, NEW);
    assertThat(rights(file)).isEqualTo("rw-------");
    Path made = folder.resolve("made");
    assertThat(FileReplacer.SECRET.create(made, NEW)).isTrue();
    assertThat(rights(made)).isEqualTo("rw-------");
    Path deep = folder.resolve("a/b");
    OwnerOnly.createFolders(deep);
    OwnerOnly.createFolders(deep);
    assertThat(rights(deep)).isEqualTo("rwx------");
    OwnerOnly.createFile(deep.resolve("c"));
    assertThat(rights(deep.resolve("c"))).isEqualTo("rw-------");
  }

  @Test
  void otherFilesHaveTheRightsOfAnyNewFile() throws IOException {
    Path usual = Files.createFile(folder.resolve("usual"));
    FileReplacer.PLAIN.replace(file, NEW);
    assertThat(rights(file)).isEqualTo(rights(usual));
    FileReplacer.DURABLE.replace(file, NEW);
    assertThat(rights(file)).isEqualTo(rights(usual));
  }

  @Test
  void aFileThatIsThereIsNeverCreatedAnew() throws IOException {
    for (FileReplacer replacer : ALL) {
      assertThat(replacer.create(file, NEW)).isFalse();
      assertThat(file).hasContent("old");
      assertAlone(file);
    }
  }

  @Test
  void aCompleteFileIsPutInItsPlace() throws IOException {
    for (FileReplacer replacer : ALL) {
      Path upload = Files.write(folder.resolve("upload"), NEW);
      replacer.publish(upload, file);
      assertThat(file).hasBinaryContent(NEW);
      assertAlone(file);
      Path homeless = Files.write(folder.resolve("upload"), NEW);
      assertThatThrownBy(() -> replacer.publish(homeless, folder.resolve("none/file")))
          .isInstanceOf(NoSuchFileException.class);
      assertAlone(file);
    }
  }

  @Test
  void aFullDiskLeavesTheOldFile() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=64k", "none", disk), "needs a small tmpfs");
    try {
      Path kept = Files.writeString(disk.resolve("kept"), "old");
      for (FileReplacer replacer : ALL) {
        assertThatThrownBy(() -> replacer.replace(kept, new byte[1 << 20]))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("No space left");
        assertThatThrownBy(() -> replacer.create(disk.resolve("other"), new byte[1 << 20]))
            .isInstanceOf(IOException.class);
        assertThat(kept).hasContent("old");
        assertAloneIn(disk, kept);
      }
    } finally {
      run("umount", disk);
    }
  }

  @Test
  void aDiskThatIsOnlyReadKeepsTheOldFile() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=64k", "none", disk), "needs a small tmpfs");
    try {
      Path kept = Files.writeString(disk.resolve("kept"), "old");
      assertThat(run("mount", "-o", "remount,ro", disk)).isTrue();
      for (FileReplacer replacer : ALL) {
        assertThatThrownBy(() -> replacer.replace(kept, NEW))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("Read-only");
        assertThat(kept).hasContent("old");
      }
    } finally {
      run("umount", disk);
    }
  }

  private static String rights(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private void assertAlone(Path... expected) throws IOException {
    assertAloneIn(folder, expected);
  }

  private static void assertAloneIn(Path in, Path... expected) throws IOException {
    try (Stream<Path> files = Files.list(in)) {
      assertThat(files).containsExactlyInAnyOrder(expected);
    }
  }

  private static boolean run(Object... command) throws IOException, InterruptedException {
    return new ProcessBuilder(Stream.of(command).map(Object::toString).toList())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }
}
