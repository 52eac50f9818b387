package io.cipherstream.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.UUID;

/**
 * Writes a file whole or not at all: under a temporary name beside it, which is then renamed. A
 * reader sees the old bytes or the new ones. After an error the old file is still there and the
 * temporary one is not. Thread-safe; the last of several writers of one file wins.
 */
public final class FileReplacer {

  /** With the rights of any new file; a power cut may lose it. */
  public static final FileReplacer PLAIN = new FileReplacer(false);

  /** With the rights of any new file; on the disk when the method returns. */
  public static final FileReplacer DURABLE = new FileReplacer(true);

  /** For its owner alone; on the disk when the method returns. */
  public static final FileReplacer SECRET = new FileReplacer(true, OwnerOnly.FILE);

  private static final int BUFFER_BYTES = 1 << 16;

  private final boolean forced;
  private final FileAttribute<?>[] rights;

  private FileReplacer(boolean forced, FileAttribute<?>... rights) {
    this.forced = forced;
    this.rights = rights;
  }

  /** Writes the bytes of a file. */
  @FunctionalInterface
  public interface Content {
    void write(OutputStream out) throws IOException;
  }

  /**
   * Replaces a file, or makes it.
   *
   * @throws IOException if that fails, such as on a full disk or in a folder that is not there
   */
  public void replace(Path file, byte[] content) throws IOException {
    replace(file, out -> out.write(content));
  }

  /**
   * As {@link #replace(Path, byte[])}, with bytes that are written as they are made.
   *
   * @throws IOException also what {@code content} throws, as are its unchecked exceptions
   */
  public void replace(Path file, Content content) throws IOException {
    Path temporary = temporary(file);
    try {
      write(temporary, content);
      rename(temporary, file);
    } finally {
      deleteQuietly(temporary);
    }
  }

  /**
   * Makes a file, but never in the place of one that is there.
   *
   * @return false if the file was there already, perhaps made by another process just now
   */
  public boolean create(Path file, byte[] content) throws IOException {
    Path temporary = temporary(file);
    try {
      write(temporary, out -> out.write(content));
      Files.createLink(file, temporary);
      forceFolder(file);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      deleteQuietly(temporary);
    }
  }

  /** Gives a complete file its place on the same disk; deletes it if that fails. */
  public void publish(Path complete, Path file) throws IOException {
    try {
      if (forced) {
        try (FileChannel channel = FileChannel.open(complete, StandardOpenOption.WRITE)) {
          channel.force(true);
        }
      }
      rename(complete, file);
    } finally {
      deleteQuietly(complete);
    }
  }

  /** Gives a folder another place on the same disk, at which nothing is. */
  public void moveFolder(Path folder, Path to) throws IOException {
    Files.move(folder, to, StandardCopyOption.ATOMIC_MOVE);
    forceFolder(to);
    forceFolder(folder);
  }

  private static Path temporary(Path file) {
    return file.resolveSibling(".new-" + UUID.randomUUID());
  }

  private void write(Path temporary, Content content) throws IOException {
    Set<StandardOpenOption> anew = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(temporary, anew, rights)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
      content.write(out);
      out.flush();
      if (forced) {
        channel.force(true);
      }
    }
  }

  private void rename(Path complete, Path file) throws IOException {
    Files.move(complete, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forceFolder(file);
  }

  /** Makes a name durable. A folder that cannot be opened as a file is left to the system. */
  private void forceFolder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (!forced || folder == null) {
      return;
    }
    FileChannel channel;
    try {
      channel = FileChannel.open(folder, StandardOpenOption.READ);
    } catch (IOException e) {
      return;
    }
    try (channel) {
      channel.force(true);
    }
  }

  /** What cannot be deleted keeps a name that nothing reads; the first error matters more. */
  private static void deleteQuietly(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      return;
    }
  }
}
