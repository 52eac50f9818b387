package io.cipherstream.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Texts from a file: UTF-8, one a line, never repaired. */
final class TextInput {

  /** Longest file that is read. */
  static final long FILE_BYTES_MAX = 64L << 20;

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private TextInput() {}

  /**
   * The lines of a file, line ends and a byte-order mark removed.
   *
   * @throws CliException if the file cannot be read, is longer than {@link #FILE_BYTES_MAX}, or a
   *     line is not valid UTF-8 (the message has its number)
   */
  static List<String> lines(Path file) {
    byte[] bytes;
    try {
      long size = Files.size(file);
      if (size > FILE_BYTES_MAX) {
        throw CliException.badInput(
            file + " has " + size + " bytes; at most " + FILE_BYTES_MAX + " are read");
      }
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new CliException(
          ExitCodes.BAD_INPUT, file + " could not be read: " + reason(file, e), e);
    }
    return lines(file.toString(), bytes);
  }

  /**
   * The lines of standard input, as {@link #lines(Path)}.
   *
   * @throws CliException likewise
   */
  static List<String> lines(InputStream in) {
    String name = "standard input";
    try {
      byte[] bytes = in.readNBytes((int) FILE_BYTES_MAX);
      if (in.read() >= 0) {
        throw CliException.badInput(name + " is longer than " + FILE_BYTES_MAX + " bytes");
      }
      return lines(name, bytes);
    } catch (IOException e) {
      throw new CliException(
          ExitCodes.BAD_INPUT, name + " could not be read: " + e.getMessage(), e);
    }
  }

  private static List<String> lines(String file, byte[] bytes) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= bytes.length; i++) {
      boolean end = i == bytes.length;
      if (end ? i > start : bytes[i] == '\n') {
        int stop = i > start && bytes[i - 1] == '\r' ? i - 1 : i;
        lines.add(decode(file, lines.size() + 1, ByteBuffer.wrap(bytes, start, stop - start)));
        start = i + 1;
      }
    }
    if (!lines.isEmpty() && !lines.get(0).isEmpty() && lines.get(0).charAt(0) == BYTE_ORDER_MARK) {
      lines.set(0, lines.get(0).substring(1));
    }
    return lines;
  }

  private static String reason(Path file, IOException e) {
    return Files.exists(file) ? String.valueOf(e.getMessage()) : "no such file";
  }

  private static String decode(String file, int number, ByteBuffer line) {
    int first = line.position();
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    try {
      return decoder.decode(line).toString();
    } catch (CharacterCodingException e) {
      throw new CliException(
          ExitCodes.BAD_INPUT,
          file
              + " line "
              + number
              + ", byte "
              + (line.position() - first + 1)
              + ": not UTF-8; convert the file, for example with iconv -t UTF-8",
          e);
    }
  }
}
