package io.cipherstream.workflow.report.page;

import io.cipherstream.report.Drawing;
import io.cipherstream.report.Figures;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import io.cipherstream.workflow.report.AgreementCheck;
import java.util.List;

/** Values computed in two ways. */
final class CheckSection {

  private CheckSection() {}

  static PageSection of(List<AgreementCheck> checks) {
    return new PageSection("checks", "Checks")
        .paragraph(
            "The same values, computed in two independent ways. A check passes if no value"
                + " differs by more than its limit and no answer differs.")
        .figures(
            List.of(
                "",
                "model",
                "what",
                "against",
                "sentences",
                "largest difference",
                "limit",
                "labels",
                "a sentence"),
            checks.stream().map(CheckSection::row).toList());
  }

  private static List<PageCell> row(AgreementCheck check) {
    return List.of(
        PageCell.of(check.passed() ? "pass" : "FAIL", check.passed() ? "good" : "bad"),
        PageCell.of(check.model(), "text"),
        PageCell.of(check.what(), "text").below(check.remark()),
        PageCell.of(check.against(), "text"),
        PageCell.of(Figures.count(check.sentences())),
        PageCell.of(
            Double.isFinite(check.maxAbsDifference())
                ? Figures.number(check.maxAbsDifference())
                : "not finite",
            check.maxAbsDifference() <= check.limit() ? "" : "bad"),
        PageCell.of(Drawing.tick(check.limit())),
        labels(check),
        PageCell.of(Figures.time(check.secondsPerSentence())));
  }

  private static PageCell labels(AgreementCheck check) {
    return switch (check.differentLabels()) {
      case -1 -> PageCell.of("–");
      case 0 -> PageCell.of("all equal");
      default -> PageCell.of(Figures.count(check.differentLabels()) + " differ", "bad");
    };
  }
}
