package io.cipherstream.workflow.report.page;

import io.cipherstream.report.Drawing;
import io.cipherstream.report.Figures;
import io.cipherstream.report.PageSection;
import io.cipherstream.workflow.report.AccuracyTable;
import io.cipherstream.workflow.report.ConversionReport;
import io.cipherstream.workflow.report.NormalizerFit;
import java.util.ArrayList;
import java.util.List;

/** The limits of a converted model, in plain words. */
final class LimitSection {

  private LimitSection() {}

  static PageSection of(ConversionReport report) {
    List<String> items = new ArrayList<>();
    items.add(
        "A converted model is another model. Functions that cannot be computed on encrypted numbers"
            + " were replaced by ones that can, and it was trained to give the same answers. It is"
            + " as good as the table says on texts like those of the development set; for a single"
            + " text, and for texts of another kind, nothing is promised.");
    NormalizerFit fit = report.normalizer();
    if (fit != null) {
      items.add(
          "T stands for 1/s between "
              + Drawing.tick(fit.from())
              + " and "
              + Drawing.tick(fit.to())
              + " only. Below, T stays under "
              + Figures.number(fit.evaluate(0))
              + ", and attention is weaker than it should be; far above, T is "
              + Figures.number(fit.bias())
              + (fit.bias() > 0 ? ", and attention is stronger." : "."));
    }
    items.add(
        fit == null
            ? "No text leaves the range without notice: a certificate bounds the values of every"
                + " text, or sentinels in the answer tell the client that a text is out of range."
                + " The package's manifest says which of them it has."
            : "Bounds of values were measured on a sample of texts, with a margin. A text with"
                + " values beyond them gets a wrong answer, and since the values are encrypted the"
                + " appliance cannot see that. Norms that were replaced by a fixed factor and offset"
                + " no longer pull unusual values back.");
    AccuracyTable table = report.accuracy();
    if (table != null) {
      if (table.groups().stream().allMatch(g -> g.variants().size() < 2)) {
        items.add(
            "Every model was trained once: how much its figures change with the seed is not"
                + " known, and their errors leave it out.");
      }
      if (table.data().chosenOnDev()) {
        items.add(
            "Something was chosen by looking at the development set, so its figures are higher than"
                + " those of new texts would be.");
      }
    }
    items.add(
        report.checks().isEmpty()
            ? "No encrypted run was compared with the plaintext in this report. Encrypted"
                + " arithmetic is approximate: its small errors can change an answer that is"
                + " nearly a tie."
            : "Encrypted arithmetic is approximate. The checks bound its error on a few sentences;"
                + " an answer that is nearly a tie can still come out the other way.");
    PageSection section = new PageSection("limits", "Limits of the approximation").list(items);
    return report.notes().isEmpty()
        ? section
        : section.heading("Of this conversion").list(report.notes());
  }
}
