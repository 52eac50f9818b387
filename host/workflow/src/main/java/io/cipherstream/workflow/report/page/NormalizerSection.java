package io.cipherstream.workflow.report.page;

import io.cipherstream.report.Drawing;
import io.cipherstream.report.Figures;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import io.cipherstream.workflow.report.NormalizerFit;
import java.util.ArrayList;
import java.util.List;

/** T and its error. */
final class NormalizerSection {

  private NormalizerSection() {}

  static PageSection of(Drawing drawing, NormalizerFit fit) {
    List<List<PageCell>> facts = new ArrayList<>();
    facts.add(PageCell.row("hinges", Integer.toString(fit.knots().size())));
    facts.add(
        PageCell.row(
            "fitted to row sums", Drawing.tick(fit.from()) + " to " + Drawing.tick(fit.to())));
    facts.add(
        PageCell.row(
            "error of s·T(s)",
            Figures.percent(fit.rms(), 2) + " rms, " + Figures.percent(fit.max(), 2) + " largest"));
    facts.add(PageCell.row("T(0), the largest value", Figures.number(fit.evaluate(0))));
    facts.add(PageCell.row("b, far beyond the range", Figures.number(fit.bias())));
    return new PageSection("normalizer", "T, the reciprocal of attention")
        .paragraph(
            "Attention divides by the row sum s of its kernel values. Encrypted numbers cannot be"
                + " divided, so T(s) = Σ cⱼ·ReLU(1 − s/kⱼ) + b stands for 1/s. Where s·T(s) is 1"
                + " the weights of attention sum to 1; where it is off by 2 %, they sum to 2 % more"
                + " or less.")
        .facts(facts)
        .charts(
            NormalizerChart.svg(drawing, fit).stream().toList(),
            "Logarithmic in s, over the fitted range.")
        .heading("Hinges")
        .figures(List.of("hinge", "knot kⱼ", "coefficient cⱼ"), hinges(fit));
  }

  private static List<List<PageCell>> hinges(NormalizerFit fit) {
    List<List<PageCell>> rows = new ArrayList<>();
    for (int j = 0; j < fit.knots().size(); j++) {
      rows.add(
          PageCell.row(
              Integer.toString(j + 1),
              Figures.number(fit.knots().get(j)),
              Figures.number(fit.coefficients().get(j))));
    }
    return rows;
  }
}
