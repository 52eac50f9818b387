package io.cipherstream.cli.convert;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelSource;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.workflow.convert.Conversion;
import io.cipherstream.workflow.convert.ConversionListener;
import io.cipherstream.workflow.convert.ConversionReports;
import io.cipherstream.workflow.convert.ConversionSettings;
import io.cipherstream.workflow.convert.StageName;
import io.cipherstream.workflow.convert.StageVariant;
import io.cipherstream.workflow.convert.TaskData;
import io.cipherstream.workflow.convert.TaskScores;
import io.cipherstream.workflow.data.Target;
import io.cipherstream.workflow.hinge.HingeFit;
import io.cipherstream.workflow.hinge.HingeRange;
import io.cipherstream.workflow.report.AgreementCheck;
import io.cipherstream.workflow.report.ConversionHeader;
import io.cipherstream.workflow.report.ConversionReport;
import io.cipherstream.workflow.report.StageEnd;
import io.cipherstream.workflow.train.TrainingException;
import io.cipherstream.workflow.train.TrainingResult;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One conversion from the first stage to checked packages: every seed's stages, a report after each
 * of them, export, checks.
 */
final class ConvertRun {

  private static final HingeRange HINGES = HingeRange.DEFAULT;

  private final ConversionJob job;
  private final ConvertOptions options;
  private final Map<String, String> optionTexts;
  private final ConvertWork work;
  private final ConvertProgress progress;
  private final StopSignal stop;
  private final ConversionReports reports;
  private final HingeFit t = HingeFit.fit(HINGES);
  private final Instant started = Instant.now();
  private final @Nullable ConversionHeader earlier;
  private final Map<StageName, ModelPackage> packages = new LinkedHashMap<>();
  private String source = "";
  private boolean finished;
  private boolean checksPassed = true;
  private @Nullable Refusal refused;

  ConvertRun(
      ConversionJob job,
      ConvertOptions options,
      Map<String, String> optionTexts,
      ConvertWork work,
      ConvertProgress progress,
      StopSignal stop) {
    this.job = job;
    this.options = options;
    this.optionTexts = optionTexts;
    this.work = work;
    this.progress = progress;
    this.stop = stop;
    this.earlier = work.earlier();
    this.reports =
        new ConversionReports(job.data(), t, job.student() != null, options.seeds().size() > 1);
    job.notes().forEach(reports::note);
  }

  /** Why a package was not written. */
  record Refusal(String message, int exitCode) {}

  /** One seed's models. */
  private record Outcome(long seed, Map<StageName, StageVariant> variants) {

    /** NaN if THE-X's last stage was not trained. */
    double heldOut() {
      StageVariant thex = variants.get(StageName.THEX);
      TrainingResult training = thex == null ? null : thex.result().training();
      return training == null ? Double.NaN : training.bestScore();
    }
  }

  /**
   * Runs everything that is not done yet.
   *
   * @throws TrainingException of kind INTERRUPTED after a stop, and others; the report says it too
   */
  void run() {
    List<ConversionSettings> settings = new ArrayList<>();
    for (long seed : options.seeds()) {
      settings.add(settings(seed));
    }
    checkSizes(settings.get(0).source());
    source = sourceText(settings.get(0).source().source());
    baselines(settings.get(0));
    write();
    Outcome best = null;
    for (ConversionSettings one : settings) {
      Outcome outcome = convert(one);
      best = best == null || outcome.heldOut() > best.heldOut() ? outcome : best;
    }
    if (best == null) {
      throw new IllegalStateException("no seed was converted");
    }
    finish(best);
  }

  private void finish(Outcome best) {
    reports.exported(best.seed());
    if (options.seeds().size() > 1) {
      reports.note(
          "Of the seeds "
              + options.seeds()
              + ", seed "
              + best.seed()
              + " was exported: its THE-X model was the best on the held-out examples. The"
              + " development set had no part in that choice.");
    }
    String tooMuch = lostTooMuch(best);
    if (tooMuch == null || options.force()) {
      export(best);
    } else {
      refused =
          new Refusal(tooMuch + "; nothing was exported (--force does)", ExitCodes.LOST_TOO_MUCH);
    }
    finished = true;
    ConversionReport report = report();
    work.write(report);
    packages.values().forEach(p -> ConvertWork.write(report, p.folder()));
  }

  private ConversionSettings settings(long seed) {
    return new ConversionSettings(
        work.ofSeed(seed),
        job.source().apply(seed),
        job.data(),
        job.recipe(),
        job.student(),
        options.polynomial(),
        job.pooling(),
        HINGES,
        options.margin(),
        seed,
        options.precision(),
        options.threads(),
        options.checkpointSeconds(),
        options.redo());
  }

  /** Heads too wide for every parameter set are found before training, not after. */
  private void checkSizes(ImportedModel model) {
    if (job.student() != null) {
      return;
    }
    IllegalArgumentException last = null;
    for (CkksParameters parameters : CkksParameters.SETS) {
      try {
        InferencePlan.tokenClasses(model.encoder().shape(), parameters);
        return;
      } catch (IllegalArgumentException e) {
        last = e;
      }
    }
    throw new CliException(
        ExitCodes.BAD_INPUT,
        "the source cannot run encrypted: " + (last == null ? "" : last.getMessage()),
        last);
  }

  private static String sourceText(ModelSource source) {
    String origin = source.origin();
    return (origin == null ? "" : origin + ": ")
        + source.format()
        + " "
        + source.file()
        + ", SHA-256 "
        + source.sha256();
  }

  private void baselines(ConversionSettings first) {
    TaskData data = job.data();
    TaskScores scores = new TaskScores(data.task().target(), first.seed());
    progress.line("the control: a bag of word pieces");
    long start = System.nanoTime();
    double[][] control =
        scores.control(data.training(), data.dev(), first.source().embeddings().vocabulary());
    double seconds = (System.nanoTime() - start) / 1e9;
    reports.baselines(scores.majority(data.training(), data.dev()), control, seconds, first.seed());
  }

  private Outcome convert(ConversionSettings settings) {
    if (options.seeds().size() > 1) {
      progress.line("seed " + settings.seed());
    }
    Map<StageName, StageVariant> variants = new LinkedHashMap<>();
    ConversionListener listener =
        new ConversionListener() {
          @Override
          public void stage(StageName stage, boolean done) {
            progress.stage(stage, done);
            reports.started(settings.seed(), stage);
            write();
          }

          @Override
          public void step(long step, long steps, double loss, double secondsLeft, double heldOut) {
            progress.step(step, steps, loss, secondsLeft, heldOut);
          }

          @Override
          public void work(String what, double share) {
            progress.work(what, share);
          }

          @Override
          public void variant(StageVariant variant) {
            variants.put(variant.stage(), variant);
            progress.variant(variant);
            reports.finished(settings.seed(), variant);
            write();
          }
        };
    try {
      new Conversion(settings, listener, stop).run();
    } catch (TrainingException e) {
      reports.ended(end(e.kind()), String.valueOf(e.getMessage()));
      writeAfter(e);
      throw e;
    } catch (RuntimeException | OutOfMemoryError e) {
      reports.ended(StageEnd.FAILED, String.valueOf(e.getMessage()));
      writeAfter(e);
      throw e;
    }
    return new Outcome(settings.seed(), variants);
  }

  private static StageEnd end(TrainingException.Kind kind) {
    return switch (kind) {
      case DIVERGED -> StageEnd.NOT_FINITE;
      case INTERRUPTED -> StageEnd.INTERRUPTED;
      case MEMORY, CHECKPOINT, OPTIONS -> StageEnd.FAILED;
    };
  }

  /** What is wrong if the loss is larger than allowed, or null. */
  private @Nullable String lostTooMuch(Outcome outcome) {
    Double budget = options.budget();
    StageVariant exact = outcome.variants().get(job.exact());
    StageVariant thex = outcome.variants().get(StageName.THEX);
    if (budget == null || exact == null || thex == null) {
      return null;
    }
    double lost = exact.scores().get(0).value() - thex.scores().get(0).value();
    reports.note(
        "Whether a package was written depended on the development set, by --budget; nothing else"
            + " did.");
    if (lost <= budget) {
      return null;
    }
    String text =
        String.format(
            Locale.ROOT,
            "full THE-X lost %.1f points of %s from %s, and --budget allows %.1f",
            100 * lost,
            exact.scores().get(0).name(),
            reports.title(job.exact()),
            100 * budget);
    reports.lostTooMuch(outcome.seed(), StageName.THEX, text);
    return text;
  }

  private void export(Outcome outcome) {
    long start = System.nanoTime();
    List<String> warnings = new ArrayList<>();
    for (Map.Entry<StageName, Path> entry : options.packages().entrySet()) {
      StageName stage = entry.getKey();
      StageVariant variant = outcome.variants().get(stage);
      if (variant == null) {
        throw new IllegalStateException("no variant of stage " + stage.text());
      }
      progress.line("writing the package of " + reports.title(stage) + " to " + entry.getValue());
      try {
        ModelPackage written =
            ConvertPackages.write(options.name(stage), variant, entry.getValue());
        packages.put(stage, written);
        check(stage, written);
      } catch (CliException e) {
        if (e.exitCode() != ExitCodes.CHECK_FAILED) {
          throw e;
        }
        warnings.add(String.valueOf(e.getMessage()));
        refused = new Refusal(String.valueOf(e.getMessage()), e.exitCode());
      }
    }
    reports.untrained(
        "export and checks",
        "writes packages, plans them, and holds their encrypted programs against the plaintext"
            + " pass",
        (System.nanoTime() - start) / 1e9,
        warnings);
  }

  private void check(StageName stage, ModelPackage written) {
    if (options.checkSentences() == 0 || written.manifest().modes().isEmpty()) {
      return;
    }
    boolean classes = job.data().task().target() instanceof Target.Labelled;
    ConvertChecks checks = new ConvertChecks(reports.title(stage), written, classes);
    note(checks.simulated(job.data().dev(), progress));
    note(checks.encrypted(job.data().dev(), options.checkSentences(), progress));
  }

  private void note(AgreementCheck check) {
    reports.check(check);
    checksPassed &= check.passed();
    progress.line(
        String.format(
            Locale.ROOT,
            "%s, %s: %d sentences, largest difference from plaintext %.1e, %.2f s each",
            check.model(),
            check.what(),
            check.sentences(),
            check.maxAbsDifference(),
            check.secondsPerSentence()));
  }

  private void write() {
    work.write(report());
  }

  /** Writes the report; if that fails too, the first failure is the one to tell. */
  private void writeAfter(Throwable failure) {
    try {
      write();
    } catch (CliException e) {
      failure.addSuppressed(e);
    }
  }

  /** The report as of now. */
  ConversionReport report() {
    return reports.report(
        new ConversionHeader(
            options.name(),
            job.data().task().name(),
            source.isEmpty() ? job.from() : job.from() + " (" + source + ")",
            job.files(),
            options.seeds(),
            ConvertFacts.host(options),
            optionTexts,
            earlier == null ? started.toString() : earlier.started(),
            (earlier == null ? 0 : earlier.seconds())
                + (System.currentTimeMillis() - started.toEpochMilli()) / 1e3,
            finished));
  }

  /** Packages that were written. */
  Map<StageName, ModelPackage> packages() {
    return packages;
  }

  /** Why a package is not there, or null. */
  @Nullable Refusal refused() {
    return refused;
  }

  /** Whether every check of a package held, and every stage's arithmetic is that of the package. */
  boolean checksPassed() {
    return checksPassed && report().checks().stream().allMatch(AgreementCheck::passed);
  }
}
