package io.cipherstream.client;

import io.cipherstream.client.ClientException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Files that only their owner may read: written whole or not at all, refused when others could have
 * read or changed them.
 */
final class SecretFiles {

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private SecretFiles() {}

  /** Creates the folder (and its parents) for its owner alone, unless it is there. */
  static void createFolder(Path folder) {
    try {
      Files.createDirectories(folder, OWNER_FOLDER);
    } catch (IOException e) {
      throw new ClientException(
          Kind.LOCAL, "folder " + folder + " could not be created: " + e.getMessage(), e);
    }
  }

  /**
   * Writes content under a temporary name with owner-only rights, forces it to disk, and renames
   * it.
   */
  static void write(Path file, byte[] content) {
    place(file, content, temporary -> Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE));
  }

  /**
   * As {@link #write}, but never in the place of a file that is there.
   *
   * @return false if the file was there already, perhaps made by another process just now
   */
  static boolean writeNew(Path file, byte[] content) {
    AtomicBoolean made = new AtomicBoolean();
    place(
        file,
        content,
        temporary -> {
          try {
            Files.createLink(file, temporary);
            made.set(true);
          } catch (FileAlreadyExistsException e) {
            made.set(false);
          }
        });
    return made.get();
  }

  /** Gives a complete temporary file its name. */
  private interface Naming {
    void name(Path temporary) throws IOException;
  }

  private static void place(Path file, byte[] content, Naming naming) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new ClientException(Kind.LOCAL, file + " is not a file name");
    }
    createFolder(folder);
    Path temporary = null;
    try {
      temporary = Files.createTempFile(folder, "." + file.getFileName(), ".new", OWNER_FILE);
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      naming.name(temporary);
    } catch (IOException e) {
      throw new ClientException(Kind.LOCAL, file + " could not be written: " + e.getMessage(), e);
    } finally {
      deleteQuietly(temporary);
    }
  }

  /**
   * The whole content of a file that only its owner can read.
   *
   * @throws ClientException of kind KEY_FILE if group or others have any right on it, or it cannot
   *     be read
   */
  static byte[] read(Path file) {
    try {
      Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
      for (PosixFilePermission right : rights) {
        if (!right.name().startsWith("OWNER_")) {
          throw new ClientException(
              Kind.KEY_FILE,
              file
                  + " has rights "
                  + PosixFilePermissions.toString(rights)
                  + ", expected rw------- : others may know this secret; delete it to make a new"
                  + " one, or, if you are sure, chmod 600 it");
        }
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new ClientException(Kind.KEY_FILE, file + " could not be read: " + e.getMessage(), e);
    }
  }

  private static void deleteQuietly(@Nullable Path temporary) {
    if (temporary != null) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException e) {
        // Left behind with owner-only rights under a temporary name; the next write makes another.
      }
    }
  }
}
