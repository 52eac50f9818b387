package io.cipherstream.cli.ask;

import io.cipherstream.model.BertTokenizer;
import io.cipherstream.workflow.data.RowLimits;
import io.cipherstream.workflow.data.TextLines;
import java.io.InputStream;
import java.nio.file.Path;

/** Texts from a file or from standard input: UTF-8, one per line, never repaired. */
final class TextInput {

  /** Longest file that is read, in bytes. */
  static final long FILE_BYTES_MAX = 64L << 20;

  private static final RowLimits LIMITS =
      new RowLimits(FILE_BYTES_MAX, BertTokenizer.TEXT_CHARS_MAX, Integer.MAX_VALUE, 1);

  private TextInput() {}

  /**
   * The lines of a file.
   *
   * @throws io.cipherstream.workflow.data.DataException as {@link TextLines#open}
   */
  static TextLines lines(Path file) {
    return TextLines.open(file, LIMITS);
  }

  /** The lines of standard input. */
  static TextLines lines(InputStream in) {
    return TextLines.of("standard input", in, LIMITS);
  }
}
