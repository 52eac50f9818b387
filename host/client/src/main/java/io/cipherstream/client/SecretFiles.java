package io.cipherstream.client;

import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.files.FileReplacer;
import io.cipherstream.files.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files that only their owner may read: replaced atomically, and refused if others could have read
 * or changed them.
 */
final class SecretFiles {

  private SecretFiles() {}

  /** Creates the folder and its parents with access for the owner only, unless it exists. */
  static void createFolder(Path folder) {
    try {
      OwnerOnly.createFolders(folder);
    } catch (IOException e) {
      throw new ClientException(
          Kind.LOCAL, "folder " + folder + " could not be created: " + e.getMessage(), e);
    }
  }

  /** Replaces a file with access for the owner only; it is on disk when this returns. */
  static void write(Path file, byte[] content) {
    createFolder(folderOf(file));
    try {
      FileReplacer.SECRET.replace(file, content);
    } catch (IOException e) {
      throw notWritten(file, e);
    }
  }

  /**
   * As {@link #write}, but never replaces an existing file.
   *
   * @return false if the file existed already, perhaps made by another process just now
   */
  static boolean writeNew(Path file, byte[] content) {
    createFolder(folderOf(file));
    try {
      return FileReplacer.SECRET.create(file, content);
    } catch (IOException e) {
      throw notWritten(file, e);
    }
  }

  private static Path folderOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new ClientException(Kind.LOCAL, file + " is not a file name");
    }
    return folder;
  }

  private static ClientException notWritten(Path file, IOException e) {
    return new ClientException(Kind.LOCAL, file + " could not be written: " + e.getMessage(), e);
  }

  /**
   * The whole content of a file that only its owner can read.
   *
   * @throws ClientException of kind KEY_FILE if group or others have any right on it, or it cannot
   *     be read
   */
  static byte[] read(Path file) {
    return read(file, "delete it to make a new one, or, if you are sure, chmod 600 it");
  }

  /**
   * As {@link #read(Path)}.
   *
   * @param remedy what to do about rights of others
   */
  static byte[] read(Path file, String remedy) {
    try {
      Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
      for (PosixFilePermission right : rights) {
        if (!right.name().startsWith("OWNER_")) {
          throw new ClientException(
              Kind.KEY_FILE,
              file
                  + " has rights "
                  + PosixFilePermissions.toString(rights)
                  + ", expected rw------- : others may know this secret; "
                  + remedy);
        }
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new ClientException(Kind.KEY_FILE, file + " could not be read: " + e.getMessage(), e);
    }
  }
}
