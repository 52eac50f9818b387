package io.cipherstream.workflow.report.page;

/**
 * A cell of a table.
 *
 * @param text what it says
 * @param sub smaller, below; may be empty
 * @param style class of the style sheet: good, bad, quiet, strong, indented, text; may be empty
 * @param percent length of a bar, 0 to 100; −1 for none
 */
public record PageCell(String text, String sub, String style, double percent) {

  static PageCell of(String text) {
    return new PageCell(text, "", "", -1);
  }

  static PageCell of(String text, String style) {
    return new PageCell(text, "", style, -1);
  }

  static PageCell bar(double share) {
    return new PageCell("", "", "bar", Math.rint(1000 * Math.max(0, Math.min(1, share))) / 10);
  }

  PageCell below(String smaller) {
    return new PageCell(text, smaller, style, percent);
  }
}
