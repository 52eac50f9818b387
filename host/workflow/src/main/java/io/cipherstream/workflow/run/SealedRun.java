package io.cipherstream.workflow.run;

import io.cipherstream.model.FitReport;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.sealed.SealedPackage;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.workflow.convert.Conversion;
import io.cipherstream.workflow.convert.ExactTeacher;
import io.cipherstream.workflow.convert.StageName;
import io.cipherstream.workflow.convert.StageVariant;
import io.cipherstream.workflow.convert.TaskScores;
import io.cipherstream.workflow.hinge.HingeFit;
import io.cipherstream.workflow.hinge.HingeRange;
import io.cipherstream.workflow.report.ConversionReport;
import io.cipherstream.workflow.report.Variant;
import io.cipherstream.workflow.sealed.SealedChoice;
import io.cipherstream.workflow.sealed.SealedConversion;
import io.cipherstream.workflow.sealed.SealedListener;
import io.cipherstream.workflow.sealed.SealedPacking;
import io.cipherstream.workflow.sealed.SealedSettings;
import io.cipherstream.workflow.sealed.SealedTrial;
import io.cipherstream.workflow.train.Example;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/**
 * The making of a sealed model from the fine-tuned teacher to a checked package: every spec with
 * every seed, a report after each of them, the choice, ranges, checks.
 */
public final class SealedRun {

  /**
   * What was made.
   *
   * @param choice all trained models and the chosen one
   * @param written its package
   */
  public record Made(SealedChoice choice, SealedPackage written) {}

  private final ConversionJob job;
  private final RunOptions options;
  private final SealedSettings settings;
  private final boolean thex;
  private final PackageChecks checks;
  private final RunListener listener;
  private final BooleanSupplier stop;
  private final RunReports record;

  /**
   * @param thex whether the fine-tuned model is converted to THE-X too, for the report alone
   * @param checks checks of the encrypted program
   * @param stop asked regularly whether to stop at a checkpoint
   */
  public SealedRun(
      ConversionJob job,
      RunOptions options,
      SealedSettings settings,
      boolean thex,
      WorkFolder work,
      PackageChecks checks,
      RunListener listener,
      BooleanSupplier stop) {
    this.job = job;
    this.options = options;
    this.settings = settings;
    this.thex = thex;
    this.checks = checks;
    this.listener = listener;
    this.stop = stop;
    this.record =
        new RunReports(
            job, options, work, checks, listener, thex ? HingeFit.fit(HingeRange.DEFAULT) : null);
  }

  /** The run's report as of now. */
  public ConversionReport report() {
    return record.report();
  }

  /** Whether every check passed. */
  public boolean checksPassed() {
    return record.checksPassed();
  }

  /**
   * Runs everything that is not finished yet.
   *
   * @param folder of the package; must not exist
   * @throws io.cipherstream.workflow.train.TrainingException of kind INTERRUPTED after a stop, and
   *     others; the report records it too
   */
  public Made run(Path folder) {
    record.begin(settings.teacher());
    SealedChoice choice =
        record.training(
            () -> {
              Recorder recorder = new Recorder();
              if (thex) {
                new Conversion(settings.teacher(), recorder, stop).run();
                recorder.converted = true;
              }
              return new SealedConversion(settings, recorder, stop).run();
            });
    SealedTrial kept = choice.kept();
    note(choice);
    listener.line("ranges and package of " + kept.encoder().spec());
    SealedPackage written = new SealedPacking(settings).write(options.name(), kept, folder);
    record.reports().ranges(kept.seed(), SealedRanges.of(kept.title(), written.manifest()));
    noteFunctions(kept, written);
    checks.plan(written.files());
    SealedPackage planned = SealedPackage.of(ModelPackage.open(folder));
    record.check(kept.title(), planned.files());
    record.finish(List.of(folder));
    return new Made(choice, planned);
  }

  private void noteFunctions(SealedTrial kept, SealedPackage written) {
    List<FitReport> fits = written.manifest().fits();
    for (int i = 0; fits != null && i < fits.size(); i++) {
      record
          .reports()
          .note(
              String.format(
                  Locale.ROOT,
                  "%s, layer %d: the feed-forward network began with %s. Training moved each of them"
                      + " by itself.",
                  kept.title(),
                  i + 1,
                  fits.get(i).text()));
    }
  }

  private void note(SealedChoice choice) {
    if (choice.trials().size() > 1) {
      SealedTrial kept = choice.kept();
      record
          .reports()
          .note(
              String.format(
                  Locale.ROOT,
                  "Kept: %s, seed %d. Of the specs with a seed that scores within %.1f points of"
                      + " the best on the held-out examples, it has the fewest levels. The"
                      + " development set had no part in that choice.",
                  kept.title(),
                  kept.seed(),
                  100 * settings.budget()));
    }
  }

  /** Records what is finished, and passes everything on. */
  private final class Recorder implements SealedListener {

    private final long first = settings.teacher().seed();

    /** Whether the exact model is in the report as a stage of THE-X already. */
    private boolean converted;

    @Override
    public void stage(StageName stage, boolean done) {
      if (converted) {
        return;
      }
      listener.stage(stage, done);
      record.reports().started(first, stage);
      record.write();
    }

    @Override
    public void teacher(ExactTeacher teacher) {
      if (converted) {
        return;
      }
      List<Example> dev = job.data().dev();
      double seconds = teacher.result().seconds();
      record.reports().trained(teacher.result().training(), seconds);
      record
          .reports()
          .model(
              Variant.Role.EXACT,
              record.reports().title(StageName.EXACT),
              first,
              seconds,
              new TaskScores(job.data().task().target(), first).answers(teacher.outputs(dev), dev));
      record.write();
    }

    @Override
    public void phase(SealedSpec spec, long seed, String name) {
      listener.part(spec + ", seed " + seed + ", " + name);
      begin("sealed " + spec, seed, name);
      record.write();
    }

    private void begin(String title, long seed, String phase) {
      record
          .reports()
          .started(
              seed,
              title + ", " + phase,
              "trains a polynomial encoder on the teacher's logits, with a penalty on values out of"
                  + " range");
    }

    @Override
    public void trial(SealedTrial trial) {
      for (SealedTrial.Course course : trial.phases()) {
        begin(trial.title(), trial.seed(), course.phase());
        double seconds = course.training() == null ? 0 : course.training().seconds();
        record.reports().trained(course.training(), seconds);
      }
      record
          .reports()
          .model(
              Variant.Role.CONVERTED,
              trial.title(),
              trial.seed(),
              trial.seconds(),
              trial.answers());
      record.write();
      listener.line(
          String.format(
              Locale.ROOT,
              "%s, seed %d: held-out %.1f",
              trial.encoder().spec(),
              trial.seed(),
              100 * trial.heldOut()));
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
      listener.variant(variant);
      record.reports().finished(first, variant);
      record.write();
    }
  }
}
