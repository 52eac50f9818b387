package io.cipherstream.workflow.convert;

import io.cipherstream.model.LayerRanges;
import io.cipherstream.model.Ranges;
import io.cipherstream.workflow.data.Target;
import io.cipherstream.workflow.hinge.HingeFit;
import io.cipherstream.workflow.report.AccuracyTable;
import io.cipherstream.workflow.report.AgreementCheck;
import io.cipherstream.workflow.report.ConversionHeader;
import io.cipherstream.workflow.report.ConversionReport;
import io.cipherstream.workflow.report.CurvePoint;
import io.cipherstream.workflow.report.ExampleCounts;
import io.cipherstream.workflow.report.NormalizerFit;
import io.cipherstream.workflow.report.Predictions;
import io.cipherstream.workflow.report.RangeLine;
import io.cipherstream.workflow.report.RangeTable;
import io.cipherstream.workflow.report.StageEnd;
import io.cipherstream.workflow.report.StageRecord;
import io.cipherstream.workflow.report.StageWork;
import io.cipherstream.workflow.report.Variant;
import io.cipherstream.workflow.train.TrainingResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Collects the results of conversions of one task and makes a report of them on request: after
 * every stage, and for several seeds together. It keeps no model. Not thread-safe.
 */
public final class ConversionReports {

  private static final String REFERENCE = "outputs, float64 pass of the training code";
  private static final String PLAINTEXT = "outputs, plaintext pass";

  /** Most development examples of {@link StageVariant#referenceError}. */
  private static final int REFERENCE_EXAMPLES = 8;

  private final TaskData data;
  private final @Nullable HingeFit t;
  private final boolean student;
  private final boolean severalSeeds;
  private final List<Variant> baselines = new ArrayList<>();
  private final List<Variant> variants = new ArrayList<>();
  private final List<StageRecord> stages = new ArrayList<>();
  private final Map<Long, List<RangeTable>> ranges = new LinkedHashMap<>();
  private final List<AgreementCheck> checks = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private @Nullable StageRecord running;
  private long rangesOf;

  /**
   * @param t the fit of T; null where no model has one
   * @param student whether a student is converted instead of the source
   * @param severalSeeds whether names include the seed
   */
  public ConversionReports(
      TaskData data, @Nullable HingeFit t, boolean student, boolean severalSeeds) {
    this.data = data;
    this.t = t;
    this.student = student;
    this.severalSeeds = severalSeeds;
  }

  /** Records the two baselines: the majority class (or mean) and the bag-of-word-pieces control. */
  public void baselines(double[][] majority, double[][] control, double controlSeconds, long seed) {
    TaskScores scores = new TaskScores(data.task().target(), seed);
    baselines.clear();
    baselines.add(
        new Variant(
            Variant.Role.MAJORITY,
            data.task().target() instanceof Target.Value ? "mean" : "majority",
            0,
            0,
            scores.all(majority, data.dev()),
            predictions(majority)));
    baselines.add(
        new Variant(
            Variant.Role.CONTROL,
            "control: bag of word pieces",
            0,
            controlSeconds,
            scores.all(control, data.dev()),
            predictions(control)));
  }

  /** Records that a stage is running. */
  public void started(long seed, StageName stage) {
    running = record(seed, stage, StageEnd.RUNNING, "", null);
  }

  /**
   * Records that a training is running that is no stage of THE-X.
   *
   * @param name what is trained
   * @param purpose what it does, in a sentence for readers
   */
  public void started(long seed, String name, String purpose) {
    running = record(name, purpose, seed, StageEnd.RUNNING, "", 0, null, List.of());
  }

  /** Records the running training's course; null if nothing is known of it but its time. */
  public void trained(@Nullable TrainingResult training, double seconds) {
    StageRecord now = running;
    if (now != null) {
      stages.add(
          record(
              now.name(),
              now.purpose(),
              now.seed(),
              StageEnd.FINISHED,
              "",
              seconds,
              training,
              training == null ? List.of() : warnings(training)));
      running = null;
    }
  }

  /**
   * Records a model that is no stage of THE-X.
   *
   * @param seconds of its training
   * @param answers on the development set, see {@link TaskScores#answers}
   */
  public void model(Variant.Role role, String name, long seed, double seconds, double[][] answers) {
    variants.add(
        new Variant(
            role,
            name,
            seed,
            seconds,
            new TaskScores(data.task().target(), seed).all(answers, data.dev()),
            predictions(answers)));
  }

  /** Records the ranges of a seed's model. */
  public void ranges(long seed, List<RangeTable> tables) {
    ranges.computeIfAbsent(seed, s -> new ArrayList<>()).addAll(tables);
    rangesOf = seed;
  }

  /**
   * Records why the running stage ended early; does nothing if none runs.
   *
   * @param detail more about it
   */
  public void ended(StageEnd end, String detail) {
    StageRecord now = running;
    if (now != null) {
      running =
          new StageRecord(
              now.name(),
              now.purpose(),
              now.seed(),
              end,
              detail,
              now.work(),
              now.heldOutMetric(),
              now.bestStep(),
              now.bestScore(),
              now.curve(),
              now.warnings());
    }
  }

  /** Records a stage's model and its training. */
  public void finished(long seed, StageVariant variant) {
    StageName stage = variant.stage();
    variants.add(
        new Variant(
            role(stage),
            title(stage),
            seed,
            variant.result().seconds(),
            variant.scores(),
            predictions(variant.answers())));
    TrainingResult training = variant.result().training();
    stages.add(
        record(
            seed,
            stage,
            training != null && training.endedEarly() ? StageEnd.EARLY_STOP : StageEnd.FINISHED,
            variant.obstacle(),
            variant));
    Ranges measured = variant.ranges();
    if (measured != null) {
      ranges.computeIfAbsent(seed, s -> new ArrayList<>()).add(table(title(stage, seed), measured));
      rangesOf = seed;
    }
    checks.add(
        new AgreementCheck(
            title(stage, seed),
            REFERENCE,
            PLAINTEXT,
            Math.min(REFERENCE_EXAMPLES, data.dev().size()),
            variant.referenceError(),
            AgreementCheck.FORWARD_LIMIT,
            -1,
            Double.NaN,
            "the two share no code"));
    running = null;
  }

  /** Uses the ranges of this seed's models; the default is the last seed's. */
  public void exported(long seed) {
    rangesOf = seed;
  }

  /** Records a stage that trains nothing, such as export. */
  public void untrained(String name, String purpose, double seconds, List<String> warnings) {
    stages.add(StageRecord.untrained(name, purpose, seconds, warnings));
  }

  /** Marks a stage that lost more than its budget. */
  public void lostTooMuch(long seed, StageName stage, String detail) {
    for (int i = 0; i < stages.size(); i++) {
      StageRecord now = stages.get(i);
      if (now.seed() == seed && now.name().equals(title(stage))) {
        stages.set(
            i,
            new StageRecord(
                now.name(),
                now.purpose(),
                seed,
                StageEnd.LOST_TOO_MUCH,
                detail,
                now.work(),
                now.heldOutMetric(),
                now.bestStep(),
                now.bestScore(),
                now.curve(),
                now.warnings()));
      }
    }
  }

  /** Adds an agreement check. */
  public void check(AgreementCheck check) {
    checks.add(check);
  }

  /** Adds a note for readers. */
  public void note(String text) {
    notes.add(text);
  }

  /** A stage's name in this conversion's tables. */
  public String title(StageName stage) {
    return stage == StageName.EXACT && student ? "exact, the teacher" : stage.title();
  }

  /** The same with its seed if there are several. */
  public String title(StageName stage, long seed) {
    return title(stage) + (severalSeeds ? ", seed " + seed : "");
  }

  /** The accuracy so far; null before the baselines are known. */
  public @Nullable AccuracyTable accuracy() {
    if (baselines.isEmpty()) {
      return null;
    }
    List<Variant> all = new ArrayList<>(baselines);
    // Losses are counted from the first exact model: the one that was converted.
    variants.stream().filter(v -> v.name().equals(StageName.STUDENT.title())).forEach(all::add);
    variants.stream().filter(v -> !v.name().equals(StageName.STUDENT.title())).forEach(all::add);
    return new AccuracyTable(counts(), predictions(TaskScores.truth(data.dev())), all);
  }

  /** The report as of now. */
  public ConversionReport report(ConversionHeader header) {
    List<StageRecord> all = new ArrayList<>(stages);
    if (running != null) {
      all.add(running);
    }
    return ConversionReport.of(
        header,
        accuracy(),
        all,
        ranges.getOrDefault(rangesOf, List.of()),
        t == null ? null : normalizer(t),
        checks,
        notes);
  }

  private static NormalizerFit normalizer(HingeFit t) {
    return new NormalizerFit(
        boxed(t.network().knots()),
        boxed(t.network().coefficients()),
        t.network().bias(),
        t.range().from(),
        t.range().to(),
        t.rms(),
        t.max());
  }

  private Variant.Role role(StageName stage) {
    return stage == StageName.EXACT || stage == StageName.STUDENT
        ? Variant.Role.EXACT
        : Variant.Role.CONVERTED;
  }

  private ExampleCounts counts() {
    return new ExampleCounts(
        data.training().size(),
        data.heldOut().size(),
        data.dev().size(),
        data.devTextsInTraining(),
        data.cut() - data.devCut(),
        data.devCut(),
        false);
  }

  private StageRecord record(
      long seed, StageName stage, StageEnd end, String detail, @Nullable StageVariant variant) {
    return record(
        title(stage),
        stage.purpose(),
        seed,
        end,
        detail,
        variant == null ? 0 : variant.result().seconds(),
        variant == null ? null : variant.result().training(),
        variant == null ? List.of() : warnings(variant));
  }

  private StageRecord record(
      String name,
      String purpose,
      long seed,
      StageEnd end,
      String detail,
      double seconds,
      @Nullable TrainingResult training,
      List<String> warnings) {
    String metric = baselines.isEmpty() ? "" : baselines.get(0).scores().get(0).name();
    if (training == null) {
      return new StageRecord(
          name,
          purpose,
          seed,
          end,
          detail,
          StageWork.untrained(seconds),
          metric,
          -1,
          Double.NaN,
          List.of(),
          warnings);
    }
    return new StageRecord(
        name,
        purpose,
        seed,
        end,
        detail,
        new StageWork(seconds, training.steps(), training.examples(), training.stepsPlanned(), 0),
        metric,
        training.bestStep(),
        Double.isFinite(training.bestScore()) ? training.bestScore() : Double.NaN,
        training.curve().stream()
            .map(p -> new CurvePoint(p.step(), p.loss(), p.learningRate(), p.heldOut()))
            .toList(),
        warnings);
  }

  private static List<String> warnings(TrainingResult training) {
    return training.skippedSteps() == 0
        ? List.of()
        : List.of(
            training.skippedSteps()
                + " of "
                + training.steps()
                + " steps were skipped: their loss or gradient was not finite, or the loss was far"
                + " above the others'.");
  }

  private static List<String> warnings(StageVariant variant) {
    List<String> out = new ArrayList<>();
    TrainingResult training = variant.result().training();
    if (training == null) {
      out.add("Nothing was trained in this stage: it had 0 epochs.");
    } else {
      out.addAll(warnings(training));
    }
    List<Double> unexplained = variant.result().unexplained();
    if (!unexplained.isEmpty()) {
      double[] sorted = unexplained.stream().mapToDouble(v -> v).sorted().toArray();
      out.add(
          String.format(
              Locale.ROOT,
              "The regression that replaces the %d norms leaves %.0f to %.0f %% of their outputs'"
                  + " variance unexplained.",
              sorted.length,
              100 * sorted[0],
              100 * sorted[sorted.length - 1]));
    }
    return out;
  }

  private static RangeTable table(String model, Ranges ranges) {
    List<RangeLine> lines = new ArrayList<>();
    lines.add(line("input of the layer", ranges, LayerRanges::input));
    lines.add(line("query", ranges, LayerRanges::query));
    lines.add(line("key", ranges, LayerRanges::key));
    lines.add(line("value", ranges, LayerRanges::value));
    lines.add(line("score", ranges, LayerRanges::score));
    if (ranges.layers().stream().anyMatch(l -> l.rowSum() > 0)) {
      lines.add(line("row sum", ranges, LayerRanges::rowSum));
    }
    lines.add(line("attention", ranges, LayerRanges::attention));
    lines.add(line("before the first norm", ranges, LayerRanges::preNorm1));
    lines.add(line("before the activation", ranges, LayerRanges::preActivation));
    lines.add(line("activation", ranges, LayerRanges::activation));
    lines.add(line("before the second norm", ranges, LayerRanges::preNorm2));
    lines.add(
        new RangeLine(
            "output", List.of(ranges.output() / ranges.margin()), List.of(ranges.output())));
    return new RangeTable(model, ranges.sentences() + " training texts", ranges.margin(), lines);
  }

  private static RangeLine line(
      String quantity, Ranges ranges, ToDoubleFunction<LayerRanges> value) {
    List<Double> bounds = ranges.layers().stream().map(value::applyAsDouble).toList();
    return new RangeLine(quantity, bounds.stream().map(b -> b / ranges.margin()).toList(), bounds);
  }

  private Predictions predictions(double[][] answers) {
    Target target = data.task().target();
    if (target instanceof Target.Value) {
      return Predictions.ofValues(Arrays.stream(answers).mapToDouble(a -> a[0]).toArray());
    }
    if (target instanceof Target.WordLabels words) {
      return Predictions.ofWords(
          Arrays.stream(answers)
              .map(a -> Arrays.stream(a).mapToObj(v -> words.labels().get((int) v)).toList())
              .toList());
    }
    return Predictions.ofClasses(
        data.labels(), Arrays.stream(answers).mapToInt(a -> (int) a[0]).toArray());
  }

  private static List<Double> boxed(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
