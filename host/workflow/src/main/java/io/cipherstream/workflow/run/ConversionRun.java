package io.cipherstream.workflow.run;

import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.workflow.convert.Conversion;
import io.cipherstream.workflow.convert.ConversionException;
import io.cipherstream.workflow.convert.ConversionListener;
import io.cipherstream.workflow.convert.ConversionReports;
import io.cipherstream.workflow.convert.ConversionSettings;
import io.cipherstream.workflow.convert.StageName;
import io.cipherstream.workflow.convert.StageVariant;
import io.cipherstream.workflow.hinge.HingeFit;
import io.cipherstream.workflow.hinge.HingeRange;
import io.cipherstream.workflow.report.ConversionReport;
import io.cipherstream.workflow.train.TrainingException;
import io.cipherstream.workflow.train.TrainingResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One conversion from the first stage to checked packages: every seed's stages, a report after each
 * of them, export, checks.
 */
public final class ConversionRun {

  private static final HingeRange HINGES = HingeRange.DEFAULT;

  private final ConversionJob job;
  private final RunOptions options;
  private final WorkFolder work;
  private final PackageChecks checks;
  private final RunListener listener;
  private final BooleanSupplier stop;
  private final RunReports record;
  private final ConversionReports reports;
  private final Map<StageName, ModelPackage> packages = new LinkedHashMap<>();
  private @Nullable Refusal refused;

  /**
   * @param checks checks of the encrypted program
   * @param stop asked regularly whether to stop at a checkpoint
   */
  public ConversionRun(
      ConversionJob job,
      RunOptions options,
      WorkFolder work,
      PackageChecks checks,
      RunListener listener,
      BooleanSupplier stop) {
    this.job = job;
    this.options = options;
    this.work = work;
    this.checks = checks;
    this.listener = listener;
    this.stop = stop;
    this.record = new RunReports(job, options, work, checks, listener, HingeFit.fit(HINGES));
    this.reports = record.reports();
  }

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
   * Runs everything that is not finished yet.
   *
   * @throws TrainingException of kind INTERRUPTED after a stop, and others; the report records it
   *     too
   */
  public void run() {
    List<ConversionSettings> settings = new ArrayList<>();
    for (long seed : options.seeds()) {
      settings.add(settings(seed));
    }
    checkSizes(settings.get(0).source());
    record.begin(settings.get(0));
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
          new Refusal(
              Refusal.Reason.LOST_TOO_MUCH, tooMuch + "; nothing was exported (--force does)");
    }
    record.finish(packages.values().stream().map(ModelPackage::folder).toList());
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

  /** Refuses heads too wide for every parameter set before training, not after. */
  private void checkSizes(ImportedModel model) {
    if (job.student() != null) {
      return;
    }
    try {
      checks.checkShape(model.encoder().shape());
    } catch (IllegalArgumentException e) {
      throw new ConversionException("the source cannot run encrypted: " + e.getMessage(), e);
    }
  }

  private Outcome convert(ConversionSettings settings) {
    if (options.seeds().size() > 1) {
      listener.line("seed " + settings.seed());
    }
    Map<StageName, StageVariant> variants = new LinkedHashMap<>();
    ConversionListener stages =
        new ConversionListener() {
          @Override
          public void stage(StageName stage, boolean done) {
            listener.stage(stage, done);
            reports.started(settings.seed(), stage);
            record.write();
          }

          @Override
          public void step(long step, long steps, double loss, double secondsLeft, double heldOut) {
            listener.step(step, steps, loss, secondsLeft, heldOut);
          }

          @Override
          public void work(String what, double share) {
            listener.work(what, share);
          }

          @Override
          public void variant(StageVariant variant) {
            variants.put(variant.stage(), variant);
            listener.variant(variant);
            reports.finished(settings.seed(), variant);
            record.write();
          }
        };
    record.training(() -> new Conversion(settings, stages, stop).run());
    return new Outcome(settings.seed(), variants);
  }

  /** The reason if the loss is larger than allowed, or null. */
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
    PackageWriter writer = new PackageWriter(checks, listener);
    for (Map.Entry<StageName, Path> entry : options.packages().entrySet()) {
      StageName stage = entry.getKey();
      StageVariant variant = outcome.variants().get(stage);
      if (variant == null) {
        throw new IllegalStateException("no variant of stage " + stage.text());
      }
      listener.line("writing the package of " + reports.title(stage) + " to " + entry.getValue());
      ModelPackage written;
      try {
        written = writer.write(options.name(stage), variant, entry.getValue());
      } catch (IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        warnings.add(message);
        refused = new Refusal(Refusal.Reason.NO_PARAMETER_SET, message);
        continue;
      }
      packages.put(stage, written);
      record.check(reports.title(stage), written);
    }
    reports.untrained(
        "export and checks",
        "writes packages, plans them, and compares their encrypted programs with the plaintext"
            + " pass",
        (System.nanoTime() - start) / 1e9,
        warnings);
  }

  /** The report as of now. */
  public ConversionReport report() {
    return record.report();
  }

  /** The written packages. */
  public Map<StageName, ModelPackage> packages() {
    return Collections.unmodifiableMap(packages);
  }

  /** Why a package is not there, or null. */
  public @Nullable Refusal refused() {
    return refused;
  }

  /** Whether every check of a package passed, and every stage's arithmetic equals the package's. */
  public boolean checksPassed() {
    return record.checksPassed();
  }
}
