package io.cipherstream.workflow.report.page;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a section.
 *
 * @param kind which of the others is shown
 * @param text a paragraph's, a heading's, or the caption below charts
 * @param items of a list
 * @param charts as SVG, the only text that is not escaped: {@link Svg} makes it
 * @param table null unless it is one
 */
public record PageBlock(
    Kind kind, String text, List<String> items, List<String> charts, @Nullable PageTable table) {

  /** What a block shows. */
  public enum Kind {
    PARAGRAPH,
    HEADING,
    WARNINGS,
    LIST,
    CHARTS,
    TABLE
  }

  static PageBlock paragraph(String text) {
    return new PageBlock(Kind.PARAGRAPH, text, List.of(), List.of(), null);
  }

  static PageBlock heading(String text) {
    return new PageBlock(Kind.HEADING, text, List.of(), List.of(), null);
  }

  static PageBlock warnings(List<String> items) {
    return new PageBlock(Kind.WARNINGS, "", items, List.of(), null);
  }

  static PageBlock list(List<String> items) {
    return new PageBlock(Kind.LIST, "", items, List.of(), null);
  }

  static PageBlock charts(List<String> charts, String caption) {
    return new PageBlock(Kind.CHARTS, caption, List.of(), charts, null);
  }

  static PageBlock table(PageTable table) {
    return new PageBlock(Kind.TABLE, "", List.of(), List.of(), table);
  }
}
