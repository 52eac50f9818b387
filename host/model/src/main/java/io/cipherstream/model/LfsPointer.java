package io.cipherstream.model;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The small text that stands for a file in a folder that was cloned without git-lfs. */
final class LfsPointer {

  private static final byte[] BEGINS =
      "version https://git-lfs".getBytes(StandardCharsets.US_ASCII);

  private LfsPointer() {}

  /**
   * @param bytes a file's first bytes
   * @throws ModelException of kind MALFORMED if the file is such a text
   */
  static void check(Path file, byte[] bytes) {
    if (bytes.length < BEGINS.length) {
      return;
    }
    for (int i = 0; i < BEGINS.length; i++) {
      if (bytes[i] != BEGINS[i]) {
        return;
      }
    }
    throw new ModelException(
        ModelException.Kind.MALFORMED,
        file.getFileName()
            + " is a git-lfs pointer, not the file itself: run 'git lfs pull' in its folder, or"
            + " download the file");
  }
}
