package io.cipherstream.report;

import java.util.Arrays;
import java.util.List;

/**
 * A cell of a table.
 *
 * @param text what it says
 * @param sub smaller, below; may be empty
 * @param hint shown while the pointer rests on it; may be empty
 * @param style class of the style sheet: good, bad, best, predicted, quiet, strong, text, code; may
 *     be empty
 * @param percent length of a bar, 0 to 100; −1 for none
 */
public record PageCell(String text, String sub, String hint, String style, double percent) {

  public static PageCell of(String text) {
    return of(text, "");
  }

  public static PageCell of(String text, String style) {
    return new PageCell(text, "", "", style, -1);
  }

  /** A bar that is as long as the share, 0 to 1. */
  public static PageCell bar(double share) {
    return new PageCell("", "", "", "bar", Math.rint(1000 * Math.max(0, Math.min(1, share))) / 10);
  }

  /** A row of plain cells. */
  public static List<PageCell> row(String... texts) {
    return Arrays.stream(texts).map(PageCell::of).toList();
  }

  public PageCell below(String smaller) {
    return new PageCell(text, smaller, hint, style, percent);
  }

  public PageCell hinting(String more) {
    return new PageCell(text, sub, more, style, percent);
  }
}
