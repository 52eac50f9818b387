package io.cipherstream.cli.convert;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.FailureTexts;
import io.cipherstream.workflow.convert.StageName;
import io.cipherstream.workflow.convert.StudentSize;
import io.cipherstream.workflow.run.ConversionJob;
import io.cipherstream.workflow.run.ConversionRun;
import io.cipherstream.workflow.run.WorkFolder;
import io.cipherstream.workflow.train.TrainingException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What all conversions do around their run: check, run, stop cleanly, report. */
final class ConvertStart {

  private final CommandSpec spec;
  private final ConvertOptions options;
  private final boolean json;

  ConvertStart(CommandSpec spec, ConvertOptions options, boolean json) {
    this.spec = spec;
    this.options = options;
    this.json = json;
  }

  /**
   * @param student sizes of a student, or null
   * @param read reads model and data; given the work folder
   * @return the exit code
   */
  int run(@Nullable StudentSize student, Function<WorkFolder, ConversionJob> read) {
    PrintWriter out = spec.commandLine().getOut();
    List<StageName> stages = new ArrayList<>(List.of(StageName.values()));
    if (student == null) {
      stages.remove(StageName.STUDENT);
    }
    if (!options.polynomial()) {
      stages.remove(StageName.POLYNOMIAL);
    }
    return run(
        stages,
        List.of(),
        read,
        (job, work, progress, stop) -> {
          ConversionRun run =
              new ConversionRun(
                  job, options.run(spec), work, new EncryptedChecks(), progress, stop);
          run.run();
          return () -> ConvertOutput.print(out, run, options, work, json);
        });
  }

  /**
   * The run itself, given model and data; what it returns prints the result and gives the exit
   * code.
   */
  @FunctionalInterface
  interface Body {
    IntSupplier run(ConversionJob job, WorkFolder work, ConvertProgress progress, StopSignal stop);
  }

  /**
   * Runs anything that trains.
   *
   * @param stages of the run
   * @param phases of a sealed training
   * @param read reads model and data, given the work folder
   * @return the exit code
   */
  int run(
      List<StageName> stages,
      List<String> phases,
      Function<WorkFolder, ConversionJob> read,
      Body body) {
    PrintStream err = System.err;
    options.check(stages, phases);
    TrainingLibraries.check();
    try (WorkFolder work = WorkFolder.open(options.work());
        ConvertProgress progress = new ConvertProgress(err, System.console() != null, stages);
        StopSignal stop = new StopSignal(err)) {
      IntSupplier print;
      try {
        ConversionJob job = read.apply(work);
        // Only now: unpacking takes time, and all checks have passed.
        TrainingLibraries.prepare(text -> err.println("cipherstream: " + text));
        print = body.run(job, work, progress, stop);
      } catch (TrainingException e) {
        if (e.kind() != TrainingException.Kind.INTERRUPTED) {
          throw e;
        }
        progress.close();
        err.println("cipherstream: " + e.getMessage() + "; the report so far: " + work.folder());
        err.flush();
        return ExitCodes.INTERRUPTED;
      } catch (OutOfMemoryError e) {
        throw new CliException(
            ExitCodes.FAILURE,
            FailureTexts.describe(e) + "; or use a smaller --batch, or a smaller model",
            e);
      } catch (LinkageError e) {
        throw new CliException(
            ExitCodes.FAILURE, "PyTorch's libraries cannot be loaded on this machine: " + e, e);
      }
      progress.close();
      return print.getAsInt();
    }
  }
}
