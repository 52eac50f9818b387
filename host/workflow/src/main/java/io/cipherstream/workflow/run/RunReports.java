package io.cipherstream.workflow.run;

import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelSource;
import io.cipherstream.workflow.convert.ConversionException;
import io.cipherstream.workflow.convert.ConversionReports;
import io.cipherstream.workflow.convert.ConversionSettings;
import io.cipherstream.workflow.convert.TaskData;
import io.cipherstream.workflow.convert.TaskScores;
import io.cipherstream.workflow.data.Target;
import io.cipherstream.workflow.hinge.HingeFit;
import io.cipherstream.workflow.report.AgreementCheck;
import io.cipherstream.workflow.report.ConversionHeader;
import io.cipherstream.workflow.report.ConversionReport;
import io.cipherstream.workflow.report.StageEnd;
import io.cipherstream.workflow.train.TrainingException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The report of a run while it goes on. It is written to the work folder whenever something is
 * finished, and at the end into the packages too. Used on the run's thread.
 */
final class RunReports {

  private final ConversionJob job;
  private final RunOptions options;
  private final WorkFolder work;
  private final PackageChecks checks;
  private final RunListener listener;
  private final ConversionReports reports;
  private final Instant started = Instant.now();
  private final @Nullable ConversionHeader earlier;
  private String source = "";
  private boolean finished;

  /**
   * @param t the fit of T; null where no model has one
   */
  RunReports(
      ConversionJob job,
      RunOptions options,
      WorkFolder work,
      PackageChecks checks,
      RunListener listener,
      @Nullable HingeFit t) {
    this.job = job;
    this.options = options;
    this.work = work;
    this.checks = checks;
    this.listener = listener;
    this.earlier = work.earlier();
    this.reports =
        new ConversionReports(job.data(), t, job.student() != null, options.seeds().size() > 1);
    job.notes().forEach(reports::note);
  }

  /** What was done so far. */
  ConversionReports reports() {
    return reports;
  }

  /** Says what is converted, and computes the two baselines. */
  void begin(ConversionSettings first) {
    source = sourceText(first.source().source());
    TaskData data = job.data();
    TaskScores scores = new TaskScores(data.task().target(), first.seed());
    listener.line("the control: a bag of word pieces");
    long start = System.nanoTime();
    double[][] control =
        scores.control(data.training(), data.dev(), first.source().embeddings().vocabulary());
    double seconds = (System.nanoTime() - start) / 1e9;
    reports.baselines(scores.majority(data.training(), data.dev()), control, seconds, first.seed());
    write();
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

  /** Trains; if that fails, the report says so. */
  <T> T training(Supplier<T> work) {
    try {
      return work.get();
    } catch (TrainingException e) {
      reports.ended(end(e.kind()), String.valueOf(e.getMessage()));
      writeAfter(e);
      throw e;
    } catch (RuntimeException | OutOfMemoryError e) {
      reports.ended(StageEnd.FAILED, String.valueOf(e.getMessage()));
      writeAfter(e);
      throw e;
    }
  }

  private static StageEnd end(TrainingException.Kind kind) {
    return switch (kind) {
      case DIVERGED -> StageEnd.NOT_FINITE;
      case INTERRUPTED -> StageEnd.INTERRUPTED;
      case MEMORY, CHECKPOINT, OPTIONS -> StageEnd.FAILED;
    };
  }

  /**
   * Compares a package's encrypted program with the plaintext pass, on as many examples as the
   * options say.
   *
   * @param title of its model, for readers
   */
  void check(String title, ModelPackage written) {
    if (options.checkExamples() == 0 || written.manifest().modes().isEmpty()) {
      return;
    }
    boolean classes = job.data().task().target() instanceof Target.Labelled;
    PackageChecks.Checked what =
        new PackageChecks.Checked(title, written, classes, job.data().dev());
    add(checks.simulated(what, listener));
    add(checks.encrypted(what, options.checkExamples(), listener));
  }

  private void add(AgreementCheck check) {
    reports.check(check);
    listener.line(
        String.format(
            Locale.ROOT,
            "%s, %s: %d sentences, largest difference from plaintext %.1e, %.2f s each",
            check.model(),
            check.what(),
            check.sentences(),
            check.maxAbsDifference(),
            check.secondsPerSentence()));
  }

  void write() {
    work.write(report());
  }

  /** Writes the report; if that fails too, the first failure is the one to report. */
  private void writeAfter(Throwable failure) {
    try {
      write();
    } catch (ConversionException e) {
      failure.addSuppressed(e);
    }
  }

  /** Everything is done. */
  void finish(List<Path> packages) {
    finished = true;
    ConversionReport report = report();
    work.write(report);
    packages.forEach(folder -> WorkFolder.write(report, folder));
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
            options.host(),
            options.texts(),
            earlier == null ? started.toString() : earlier.started(),
            (earlier == null ? 0 : earlier.seconds())
                + (System.currentTimeMillis() - started.toEpochMilli()) / 1e3,
            finished));
  }

  /** Whether every check of a package passed, and every stage's arithmetic equals the package's. */
  boolean checksPassed() {
    return report().checks().stream().allMatch(AgreementCheck::passed);
  }
}
