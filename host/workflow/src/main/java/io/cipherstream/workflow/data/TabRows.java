package io.cipherstream.workflow.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tab-separated rows as in GLUE's files, without quotation or escape: a quotation mark is text, a
 * tab ends a column.
 */
final class TabRows implements Rows {

  private final TextLines lines;

  TabRows(TextLines lines) {
    this.lines = lines;
  }

  @Override
  public String name() {
    return lines.name();
  }

  @Override
  public String separators() {
    return "tabs";
  }

  @Override
  public @Nullable Row next() {
    TextLines.Line line = lines.next();
    while (line != null
        && line.fault() == null
        && line.text().isBlank()
        && line.text().indexOf('\t') < 0) {
      line = lines.next();
    }
    if (line == null) {
      return null;
    }
    return line.fault() != null
        ? new Row(line.number(), List.of(), line.fault())
        : new Row(line.number(), List.of(line.text().split("\t", -1)), null);
  }

  @Override
  public void close() {
    lines.close();
  }
}
