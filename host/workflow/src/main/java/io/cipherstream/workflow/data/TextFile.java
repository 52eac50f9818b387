package io.cipherstream.workflow.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens text files: UTF-8 without exceptions, a byte order mark skipped, bounded. */
final class TextFile {

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private TextFile() {}

  /**
   * @throws DataException of kind NOT_FOUND, TOO_LARGE or IO
   */
  static BufferedReader open(Path file, Limits limits) {
    if (!Files.isRegularFile(file)) {
      throw new DataException(
          DataException.Kind.NOT_FOUND, "no file " + file + ": check the path of the data");
    }
    try {
      long bytes = Files.size(file);
      if (bytes > limits.fileBytesMax()) {
        throw new DataException(
            DataException.Kind.TOO_LARGE,
            file + " has " + bytes + " bytes: at most " + limits.fileBytesMax());
      }
      InputStreamReader decoded =
          new InputStreamReader(
              Files.newInputStream(file),
              StandardCharsets.UTF_8
                  .newDecoder()
                  .onMalformedInput(CodingErrorAction.REPORT)
                  .onUnmappableCharacter(CodingErrorAction.REPORT));
      BufferedReader reader =
          new BufferedReader(new LineLimit(decoded, file.toString(), limits.lineCharsMax()));
      reader.mark(1);
      if (reader.read() != BYTE_ORDER_MARK) {
        reader.reset();
      }
      return reader;
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /** An error of reading as one of this package's. */
  static DataException failed(Path file, Exception e) {
    return e instanceof CharacterCodingException || e.getCause() instanceof CharacterCodingException
        ? new DataException(
            DataException.Kind.ENCODING, file + " is not UTF-8: save it as UTF-8", e)
        : new DataException(DataException.Kind.IO, "cannot read " + file + ": " + e, e);
  }

  /** A text for an error message, at most 60 characters of it. */
  static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
