package io.cipherstream.workflow.data;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated rows, of which a column may be quoted (RFC 4180): such a text may have commas,
 * line ends, and quotation marks, which are doubled. After a wrong quotation or a line that is not
 * UTF-8 no further row can be told apart, so both end the reading.
 */
final class CommaRows implements Rows {

  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setIgnoreEmptyLines(true).setRecordSeparator('\n').get();

  private final TextLines lines;
  private final RowChars chars;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;

  CommaRows(TextLines lines, RowLimits limits) {
    this.lines = lines;
    this.chars = new RowChars(lines, limits);
    try {
      this.parser = CSVParser.builder().setReader(chars).setFormat(FORMAT).get();
    } catch (IOException e) {
      throw new UncheckedIOException("nothing is read yet", e);
    }
    this.records = parser.iterator();
  }

  @Override
  public String name() {
    return lines.name();
  }

  @Override
  public String separators() {
    return "commas";
  }

  @Override
  public @Nullable Row next() {
    long before = parser.getCurrentLineNumber();
    try {
      if (!records.hasNext()) {
        return null;
      }
      CSVRecord record = records.next();
      chars.rowEnds();
      List<String> cells = List.of(record.values());
      long within = cells.stream().flatMapToInt(String::chars).filter(c -> c == '\n').count();
      return new Row(Math.toIntExact(parser.getCurrentLineNumber() - within), cells, null);
    } catch (UncheckedIOException e) {
      throw new DataException(
          DataException.Kind.ROW,
          lines.name()
              + " line "
              + (before + 1)
              + ": the quotation is wrong ("
              + e.getMessage()
              + "); a text in quotation marks ends at a comma or a line end, and a quotation mark"
              + " in it is doubled",
          e);
    }
  }

  @Override
  public void close() {
    lines.close();
  }

  /**
   * The lines as characters, each with LF at its end. A row of more than the longest line's
   * characters is refused, since one quotation mark too many would take in the rest of the file.
   */
  private static final class RowChars extends Reader {

    /** What the parser reads ahead of a row's end. */
    private static final int AHEAD_CHARS = 1 << 14;

    private final TextLines lines;
    private final RowLimits limits;
    private String text = "";
    private int at;
    private int line;
    private int rowLine = 1;
    private long rowChars;

    RowChars(TextLines lines, RowLimits limits) {
      this.lines = lines;
      this.limits = limits;
    }

    void rowEnds() {
      rowChars = 0;
      rowLine = line;
    }

    @Override
    public int read(char[] into, int from, int count) {
      int done = 0;
      while (done < count) {
        if (at == text.length()) {
          TextLines.Line next = lines.next();
          if (next == null) {
            return done == 0 ? -1 : done;
          }
          text = next.get() + "\n";
          line = next.number();
          at = 0;
        }
        int n = Math.min(count - done, text.length() - at);
        text.getChars(at, at + n, into, from + done);
        at += n;
        done += n;
      }
      rowChars += done;
      if (rowChars > limits.lineCharsMax() + AHEAD_CHARS) {
        throw new DataException(
            DataException.Kind.TOO_LARGE,
            lines.name()
                + " line "
                + rowLine
                + ": a row longer than "
                + limits.lineCharsMax()
                + " characters; is a quotation mark missing or too many?");
      }
      return done;
    }

    @Override
    public void close() {
      lines.close();
    }
  }
}
