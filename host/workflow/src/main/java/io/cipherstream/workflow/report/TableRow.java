package io.cipherstream.workflow.report;

import io.cipherstream.workflow.metric.Score;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A line of the page's table as text, for its template. */
public final class TableRow {

  private final AccuracyReport report;
  private final Variant variant;

  TableRow(AccuracyReport report, Variant variant) {
    this.report = report;
    this.variant = variant;
  }

  public String getName() {
    return variant.name();
  }

  public String getSeed() {
    return variant.seed() == 0 ? "" : Long.toString(variant.seed());
  }

  /** Training time as minutes and seconds. */
  public String getTime() {
    long seconds = Math.round(variant.seconds());
    return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
  }

  /** Every score with its standard error. */
  public List<String> getScores() {
    return variant.scores().stream().map(TableRow::text).toList();
  }

  /** First score less the exact model's; empty for what is not a converted model. */
  public String getLoss() {
    return variant.role() == Variant.Role.CONVERTED
        ? against(Variant.Role.EXACT).map(TableRow::text).orElse("")
        : "";
  }

  /** How the line stands to the control, in words. */
  public String getVerdict() {
    if (variant.role() == Variant.Role.MAJORITY || variant.role() == Variant.Role.CONTROL) {
      return "";
    }
    Difference over = against(Variant.Role.CONTROL).orElseThrow();
    if (over.above()) {
      return "above the control";
    }
    return over.below() ? "below the control" : "not distinguishable from the control";
  }

  private Optional<Difference> against(Variant.Role role) {
    return report.variants().stream()
        .filter(v -> v.role() == role)
        .findFirst()
        .map(v -> Difference.of(variant.first(), v.first()));
  }

  private static String text(Score score) {
    return number(score.value(), score.standardError(), "");
  }

  private static String text(Difference difference) {
    return number(difference.value(), difference.standardError(), "+");
  }

  /** As 81.2 ± 1.3, in hundredths. */
  private static String number(double value, double error, String sign) {
    if (!Double.isFinite(value)) {
      return "not defined";
    }
    String text = String.format(Locale.ROOT, "%" + sign + ".1f", 100 * value);
    return Double.isFinite(error)
        ? text + String.format(Locale.ROOT, " ± %.1f", 100 * error)
        : text;
  }
}
