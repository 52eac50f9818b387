package io.cipherstream.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a section.
 *
 * @param kind which of the others is shown
 * @param text a paragraph's, a heading's, or the caption below charts
 * @param style of a paragraph: good or bad; may be empty
 * @param items of a list, or charts as SVG, the only text that is not escaped: {@link Svg} makes it
 * @param table null unless it is one
 */
public record PageBlock(
    Kind kind, String text, String style, List<String> items, @Nullable PageTable table) {

  /** What a block shows. */
  public enum Kind {
    PARAGRAPH,
    HEADING,
    WARNINGS,
    LIST,
    CHARTS,
    TABLE
  }
}
