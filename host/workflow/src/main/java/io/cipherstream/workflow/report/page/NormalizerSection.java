package io.cipherstream.workflow.report.page;

import io.cipherstream.workflow.report.Figures;
import io.cipherstream.workflow.report.NormalizerFit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** T and its error. */
final class NormalizerSection {

  private NormalizerSection() {}

  static PageSection of(Drawing drawing, NormalizerFit fit) {
    List<PageBlock> blocks = new ArrayList<>();
    blocks.add(
        PageBlock.paragraph(
            "Attention divides by the row sum s of its kernel values. Encrypted numbers cannot be"
                + " divided, so T(s) = Σ cⱼ·ReLU(1 − s/kⱼ) + b stands for 1/s. Where s·T(s) is 1"
                + " the weights of attention sum to 1; where it is off by 2 %, they sum to 2 % more"
                + " or less."));
    List<List<PageCell>> facts = new ArrayList<>();
    fact(facts, "hinges", Integer.toString(fit.knots().size()));
    fact(facts, "fitted to row sums", Drawing.tick(fit.from()) + " to " + Drawing.tick(fit.to()));
    fact(facts, "error of s·T(s)", percent(fit.rms()) + " rms, " + percent(fit.max()) + " largest");
    fact(facts, "T(0), the largest value", Figures.number(fit.evaluate(0)));
    fact(facts, "b, far beyond the range", Figures.number(fit.bias()));
    blocks.add(PageBlock.table(PageTable.facts(facts)));
    NormalizerChart.svg(drawing, fit)
        .ifPresent(
            svg ->
                blocks.add(
                    PageBlock.charts(List.of(svg), "Logarithmic in s, over the fitted range.")));
    blocks.add(PageBlock.heading("Hinges"));
    blocks.add(PageBlock.table(hinges(fit)));
    return new PageSection("normalizer", "T, the reciprocal of attention", blocks);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  private static PageTable hinges(NormalizerFit fit) {
    List<List<PageCell>> rows = new ArrayList<>();
    for (int j = 0; j < fit.knots().size(); j++) {
      rows.add(
          List.of(
              PageCell.of(Integer.toString(j + 1)),
              PageCell.of(Figures.number(fit.knots().get(j))),
              PageCell.of(Figures.number(fit.coefficients().get(j)))));
    }
    return PageTable.figures(List.of("hinge", "knot kⱼ", "coefficient cⱼ"), rows);
  }

  private static void fact(List<List<PageCell>> rows, String key, String value) {
    rows.add(List.of(PageCell.of(key), PageCell.of(value)));
  }
}
