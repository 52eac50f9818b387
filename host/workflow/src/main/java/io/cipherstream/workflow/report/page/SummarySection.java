package io.cipherstream.workflow.report.page;

import io.cipherstream.report.Figures;
import io.cipherstream.report.PageSection;
import io.cipherstream.workflow.report.AccuracyTable;
import io.cipherstream.workflow.report.AgreementCheck;
import io.cipherstream.workflow.report.ConversionReport;
import io.cipherstream.workflow.report.Difference;
import io.cipherstream.workflow.report.StageEnd;
import io.cipherstream.workflow.report.StageRecord;
import io.cipherstream.workflow.report.Variant;
import io.cipherstream.workflow.report.VariantGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The results in a few sentences. */
final class SummarySection {

  private SummarySection() {}

  static PageSection of(ConversionReport report) {
    List<String> items = new ArrayList<>();
    AccuracyTable table = report.accuracy();
    if (table == null) {
      items.add("No model was evaluated yet.");
    } else {
      for (VariantGroup group : table.groups()) {
        if (group.role() == Variant.Role.EXACT || group.role() == Variant.Role.CONVERTED) {
          items.add(sentence(table, group));
        }
      }
    }
    items.add(checks(report.checks()));
    items.add("Time: " + Figures.time(report.header().seconds()) + ".");
    return new PageSection("summary", "In short").list(items);
  }

  private static String sentence(AccuracyTable table, VariantGroup group) {
    StringBuilder out = new StringBuilder();
    out.append(group.name())
        .append(": ")
        .append(table.metrics().get(0))
        .append(' ')
        .append(Figures.score(group.mean(0), group.standardError(0)));
    if (group.role() == Variant.Role.CONVERTED) {
      Optional<Difference> from = table.difference(group, Variant.Role.EXACT);
      from.ifPresent(
          d ->
              out.append(", ")
                  .append(d.text())
                  .append(" from exact, ")
                  .append(d.verdict("the exact model")));
    }
    table
        .difference(group, Variant.Role.CONTROL)
        .ifPresent(d -> out.append("; ").append(d.verdict("the control")));
    return out.append('.').toString();
  }

  private static String checks(List<AgreementCheck> checks) {
    if (checks.isEmpty()) {
      return "Nothing was checked against another way of computing it.";
    }
    long passed = checks.stream().filter(AgreementCheck::passed).count();
    return passed == checks.size()
        ? "All " + passed + " checks passed."
        : checks.size() - passed + " of " + checks.size() + " checks failed.";
  }

  /** The warnings above everything else. */
  static List<String> alerts(ConversionReport report) {
    List<String> out = new ArrayList<>();
    if (!report.header().finished()) {
      out.add(
          "This conversion is not finished: the page shows what was done when it was written"
              + report.stages().stream()
                  .reduce((a, b) -> b)
                  .map(s -> ", up to the stage “" + s.name() + "”")
                  .orElse(", before its first stage")
              + ".");
    }
    for (StageRecord stage : report.stages()) {
      if (!stage.end().good()) {
        out.add("Stage “" + stage.name() + "” " + words(stage) + ".");
      }
    }
    for (AgreementCheck check : report.checks()) {
      if (!check.passed()) {
        out.add("Check failed: " + check.model() + ", " + check.what() + ".");
      }
    }
    return out;
  }

  private static String words(StageRecord stage) {
    return stage.end() == StageEnd.INTERRUPTED ? "was interrupted" : stage.end().words();
  }
}
