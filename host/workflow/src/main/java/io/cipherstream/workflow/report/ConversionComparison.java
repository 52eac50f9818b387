package io.cipherstream.workflow.report;

import io.cipherstream.report.Figures;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Conversions on the same task and development file, side by side. Differences are those from the
 * first, the baseline.
 *
 * @param task that all have
 * @param devSha256 digest of the development file that all have
 * @param sides the conversions
 * @param scores one a variant and score
 * @param times one a stage, seconds; trainings of several seeds together
 * @param options those of the command that are not the same in all
 * @param host facts about the machine that are not the same in all
 * @param remarks what to keep in mind when comparing
 */
public record ConversionComparison(
    String task,
    String devSha256,
    List<Side> sides,
    List<ScoreRow> scores,
    List<TimeRow> times,
    List<TextRow> options,
    List<TextRow> host,
    List<String> remarks) {

  /**
   * One of the conversions.
   *
   * @param label A, B, C and so on
   * @param name of the converted model
   * @param modelSource what it was made from
   * @param seeds of its trainings
   * @param seconds it took
   * @param finished whether it came to its end
   */
  public record Side(
      String label,
      String name,
      String modelSource,
      List<Long> seeds,
      double seconds,
      boolean finished) {

    public Side {
      seeds = List.copyOf(seeds);
    }
  }

  /**
   * A score of a variant in one conversion.
   *
   * @param value mean over the seeds
   * @param standardError of the examples
   * @param deviation over the seeds; NaN for one seed
   * @param seeds how many
   * @param fromBaseline difference from the baseline's; null for the baseline itself, or if it has
   *     no such variant
   */
  public record Cell(
      double value,
      double standardError,
      double deviation,
      int seeds,
      @Nullable Difference fromBaseline) {

    /** The score in hundredths. */
    public String text() {
      return seeds > 1 ? Figures.mean(value, deviation) : Figures.score(value, standardError);
    }

    /** The difference with its sign, marked where it is beyond two standard errors; or empty. */
    public String differenceText() {
      if (fromBaseline == null) {
        return "";
      }
      boolean beyond = fromBaseline.above() || fromBaseline.below();
      return fromBaseline.text()
          + (beyond ? " *" : "")
          + (fromBaseline.paired() ? "" : " (unpaired)");
    }
  }

  /**
   * A variant's score in all conversions.
   *
   * @param role what the variant is compared as
   * @param name of the variant
   * @param metric name of the score
   * @param cells one a conversion; null where it has no such variant
   */
  public record ScoreRow(
      Variant.Role role, String name, String metric, List<@Nullable Cell> cells) {

    public ScoreRow {
      cells = Collections.unmodifiableList(new ArrayList<>(cells));
    }
  }

  /**
   * A stage's time in all conversions.
   *
   * @param stage its name
   * @param seconds one a conversion; null where it has no such stage
   */
  public record TimeRow(String stage, List<@Nullable Double> seconds) {

    public TimeRow {
      seconds = Collections.unmodifiableList(new ArrayList<>(seconds));
    }
  }

  /**
   * A text in all conversions.
   *
   * @param key such as the name of an option
   * @param values one a conversion; null where it has none
   */
  public record TextRow(String key, List<@Nullable String> values) {

    public TextRow {
      values = Collections.unmodifiableList(new ArrayList<>(values));
    }
  }

  public ConversionComparison {
    sides = List.copyOf(sides);
    scores = List.copyOf(scores);
    times = List.copyOf(times);
    options = List.copyOf(options);
    host = List.copyOf(host);
    remarks = List.copyOf(remarks);
  }

  /**
   * Compares reports.
   *
   * @param reports two or more, the baseline first
   * @throws ComparisonException if there are fewer than two, one has no accuracy or development
   *     file, or tasks, development files, examples, their answers or scores differ
   */
  public static ConversionComparison of(List<ConversionReport> reports) {
    return new Comparer(reports).compare();
  }

  /** The comparison as lines of text. */
  public String text() {
    return new ComparisonText(this).toString();
  }
}
