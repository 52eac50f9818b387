package io.cipherstream.workflow.data;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a UTF-8 text, one after the other: line ends (LF or CR LF) and a byte order mark
 * removed, nothing repaired. A line that cannot be read does not hide the others. Used by one
 * thread.
 */
public final class TextLines implements AutoCloseable {

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  /** Bytes that a char takes in UTF-8 at most. */
  private static final int CHAR_BYTES_MAX = 3;

  private final String name;
  private final InputStream in;
  private final RowLimits limits;
  private long bytes;
  private int number;
  private boolean ended;

  /**
   * One line.
   *
   * @param number from 1
   * @param text without its end; empty if there is a fault
   * @param fault why the line cannot be read: kind ENCODING, or TOO_LARGE; else null
   */
  public record Line(int number, String text, @Nullable DataException fault) {

    /**
     * The text.
     *
     * @throws DataException the fault, if there is one
     */
    public String get() {
      if (fault != null) {
        throw fault;
      }
      return text;
    }
  }

  private TextLines(String name, InputStream in, RowLimits limits) {
    this.name = name;
    this.in = new BufferedInputStream(in, 1 << 16);
    this.limits = limits;
  }

  /**
   * The lines of a file.
   *
   * @throws DataException of kind NOT_FOUND, TOO_LARGE or IO
   */
  public static TextLines open(Path file, RowLimits limits) {
    if (!Files.isRegularFile(file)) {
      throw new DataException(
          DataException.Kind.NOT_FOUND, "no file " + file + ": check the path of the data");
    }
    try {
      long size = Files.size(file);
      if (size > limits.fileBytesMax()) {
        throw tooLarge(file.toString(), size + " bytes", limits);
      }
      return new TextLines(file.toString(), Files.newInputStream(file), limits);
    } catch (IOException e) {
      throw failed(file.toString(), e);
    }
  }

  /**
   * The lines of a stream, which is closed with this.
   *
   * @param name for messages
   */
  public static TextLines of(String name, InputStream in, RowLimits limits) {
    return new TextLines(name, in, limits);
  }

  private static DataException tooLarge(String name, String size, RowLimits limits) {
    return new DataException(
        DataException.Kind.TOO_LARGE,
        name + " has " + size + ": at most " + limits.fileBytesMax() + " are read");
  }

  private static DataException failed(String name, IOException e) {
    return new DataException(DataException.Kind.IO, "cannot read " + name + ": " + e, e);
  }

  /** What messages call the text. */
  String name() {
    return name;
  }

  /**
   * The next line, null after the last.
   *
   * @throws DataException of kind IO, of kind TOO_LARGE if the whole is longer than its limit, of
   *     kind ROW if its line ends are single carriage returns
   */
  public @Nullable Line next() {
    try {
      return ended ? null : read();
    } catch (IOException e) {
      throw failed(name, e);
    }
  }

  private @Nullable Line read() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    long bytesMax = (long) limits.lineCharsMax() * CHAR_BYTES_MAX + CHAR_BYTES_MAX + 1;
    long length = 0;
    int next = in.read();
    for (; next >= 0 && next != '\n'; next = in.read()) {
      if (length++ < bytesMax) {
        line.write(next);
      }
    }
    bytes += length + 1;
    if (bytes - 1 > limits.fileBytesMax()) {
      throw tooLarge(name, "more bytes", limits);
    }
    ended = next < 0;
    if (ended && length == 0) {
      return null;
    }
    number++;
    return length > bytesMax ? longer() : decoded(line.toByteArray());
  }

  private Line longer() {
    return fault(
        DataException.Kind.TOO_LARGE,
        ": longer than "
            + limits.lineCharsMax()
            + " characters; is this a text file with line ends?",
        null);
  }

  private Line decoded(byte[] line) {
    int length = line.length > 0 && line[line.length - 1] == '\r' ? line.length - 1 : line.length;
    ByteBuffer from = ByteBuffer.wrap(line, 0, length);
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(from)
              .toString();
    } catch (CharacterCodingException e) {
      return fault(
          DataException.Kind.ENCODING,
          ", byte "
              + (from.position() + 1)
              + ": not UTF-8; convert the file, for example with iconv -t UTF-8",
          e);
    }
    if (number == 1 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
      text = text.substring(1);
    }
    if (text.length() > limits.lineCharsMax()) {
      return longer();
    }
    if (number == 1 && ended && text.indexOf('\r') >= 0) {
      throw new DataException(
          DataException.Kind.ROW,
          name + ": its lines end with a carriage return alone; convert it: tr '\\r' '\\n'");
    }
    return new Line(number, text, null);
  }

  private Line fault(DataException.Kind kind, String what, @Nullable Exception cause) {
    String message = name + " line " + number + what;
    return new Line(
        number,
        "",
        cause == null ? new DataException(kind, message) : new DataException(kind, message, cause));
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw failed(name, e);
    }
  }

  /** A text for an error message, at most 60 characters of it. */
  public static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
