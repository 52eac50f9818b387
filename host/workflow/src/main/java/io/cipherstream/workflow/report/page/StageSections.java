package io.cipherstream.workflow.report.page;

import io.cipherstream.report.Drawing;
import io.cipherstream.report.Figures;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import io.cipherstream.workflow.report.CurvePoint;
import io.cipherstream.workflow.report.StageRecord;
import io.cipherstream.workflow.report.StageWork;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A section for every stage. */
final class StageSections {

  private StageSections() {}

  static List<PageSection> of(Drawing drawing, List<StageRecord> stages) {
    List<PageSection> out = new ArrayList<>();
    for (int i = 0; i < stages.size(); i++) {
      out.add(section(drawing, i + 1, stages, stages.get(i)));
    }
    return out;
  }

  private static PageSection section(
      Drawing drawing, int number, List<StageRecord> stages, StageRecord stage) {
    boolean several = stages.stream().filter(s -> s.name().equals(stage.name())).count() > 1;
    PageSection section =
        new PageSection(
            "stage-" + number,
            "Stage " + number + ": " + stage.name() + (several ? ", seed " + stage.seed() : ""));
    if (!stage.purpose().isBlank()) {
      section.paragraph(stage.purpose());
    }
    List<String> warnings = new ArrayList<>(stage.warnings());
    long lost = stage.curve().stream().filter(StageSections::lost).count();
    if (lost > 0) {
      warnings.add(
          lost
              + (lost == 1 ? " recorded step" : " recorded steps")
              + " had a loss that is not a finite number; the chart leaves "
              + (lost == 1 ? "it out." : "them out."));
    }
    return section
        .facts(facts(stage))
        .warnings(warnings)
        .charts(new CurveCharts(drawing, stage).charts(), caption(stage));
  }

  /** Whether a point is of training, since it has a learning rate, but without a loss. */
  private static boolean lost(CurvePoint point) {
    return !Double.isFinite(point.loss()) && Double.isFinite(point.learningRate());
  }

  private static String caption(StageRecord stage) {
    boolean kept = stage.bestStep() >= 0 && Double.isFinite(stage.bestScore());
    return String.format(
        Locale.ROOT,
        "Grey: recorded losses. Blue: their exponential mean over %.0f %% of them. Scores are in"
            + " hundredths%s.",
        100 * CurveCharts.SPAN_SHARE,
        kept ? "; the diamond is the step whose weights were kept" : "");
  }

  private static List<List<PageCell>> facts(StageRecord stage) {
    StageWork work = stage.work();
    List<List<PageCell>> rows = new ArrayList<>();
    String end =
        stage.end().words() + (stage.endDetail().isBlank() ? "" : " (" + stage.endDetail() + ")");
    rows.add(List.of(PageCell.of("ended"), PageCell.of(end, stage.end().good() ? "" : "bad")));
    rows.add(PageCell.row("time", Figures.time(work.seconds())));
    if (work.steps() > 0 || work.stepsMax() > 0) {
      rows.add(PageCell.row("steps", budget(work.steps(), work.stepsMax())));
      rows.add(PageCell.row("examples seen", budget(work.examples(), work.examplesMax())));
      rows.add(
          PageCell.row(
              "speed",
              Figures.number(work.examplesPerSecond())
                  + " examples per second, evaluations included"));
    }
    if (stage.bestStep() >= 0) {
      rows.add(
          PageCell.row(
              "kept",
              "step "
                  + Figures.count(stage.bestStep())
                  + (Double.isFinite(stage.bestScore())
                      ? ", held-out "
                          + (stage.heldOutMetric().isBlank() ? "score" : stage.heldOutMetric())
                          + " "
                          + Figures.score(stage.bestScore(), Double.NaN)
                      : "")));
    }
    if (stage.seed() != 0) {
      rows.add(PageCell.row("seed", Long.toString(stage.seed())));
    }
    return rows;
  }

  private static String budget(long used, long most) {
    return Figures.count(used) + (most > 0 ? " of at most " + Figures.count(most) : "");
  }
}
