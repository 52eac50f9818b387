package io.cipherstream.workflow.report;

import java.util.List;

/**
 * The largest values in an exported model.
 *
 * @param model name of the variant or package
 * @param measuredOn on which texts, in words, such as {@code 4096 training sentences}
 * @param margin factor from the largest value to the manifest's bound; NaN if there is no single
 *     factor
 * @param lines one per quantity; those with more than one value have one per layer, equally many
 */
public record RangeTable(String model, String measuredOn, double margin, List<RangeLine> lines) {

  /**
   * @throws IllegalArgumentException if the model is blank, there is no line, or lines have
   *     different numbers of layers
   */
  public RangeTable {
    ReportChecks.text("model", model);
    lines = ReportChecks.list("quantities", lines);
    long sizes =
        lines.stream().mapToInt(l -> l.largest().size()).filter(n -> n > 1).distinct().count();
    if (lines.isEmpty() || sizes > 1) {
      throw new IllegalArgumentException(
          "ranges of "
              + model
              + " with "
              + lines.stream().map(l -> l.quantity() + " " + l.largest().size()).toList()
              + " values: expected at least one line, and equally many layers in all");
    }
  }

  /** Number of layers. */
  public int layers() {
    return lines.stream().mapToInt(l -> l.largest().size()).max().orElse(0);
  }
}
