package io.cipherstream.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns about files with secrets that others than their owner may access. It is for files that the
 * operator made. Group rights are the operator's choice. Rights of all users cause a warning and no
 * refusal, since mounted secrets often have them.
 */
final class FileModes {

  private static final Logger LOG = LoggerFactory.getLogger(FileModes.class);

  private FileModes() {}

  /**
   * @param what the file holds, as in "the TLS key"
   */
  static void warnIfOthersMayRead(Path file, String what) throws IOException {
    // Not by the file's store: in a chroot, and in some containers, Java does not find it.
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
    if (rights.contains(PosixFilePermission.OTHERS_READ)
        || rights.contains(PosixFilePermission.OTHERS_WRITE)
        || rights.contains(PosixFilePermission.GROUP_WRITE)) {
      LOG.warn(
          "{} holds {} and has rights {}: every user of this machine can read or change it; chmod"
              + " 600 it",
          file,
          what,
          PosixFilePermissions.toString(rights));
    }
  }
}
