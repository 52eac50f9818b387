package io.cipherstream.cli.convert;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Table;
import io.cipherstream.model.sealed.Certificate;
import io.cipherstream.model.sealed.SealedManifest;
import io.cipherstream.model.sealed.SealedPackage;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.report.Figures;
import io.cipherstream.workflow.convert.ConversionSettings;
import io.cipherstream.workflow.convert.StudentSize;
import io.cipherstream.workflow.hinge.HingeRange;
import io.cipherstream.workflow.metric.Score;
import io.cipherstream.workflow.run.ConversionJob;
import io.cipherstream.workflow.run.RunOptions;
import io.cipherstream.workflow.run.SealedRun;
import io.cipherstream.workflow.run.WorkFolder;
import io.cipherstream.workflow.sealed.SealedRecipe;
import io.cipherstream.workflow.sealed.SealedSettings;
import io.cipherstream.workflow.sealed.SealedTrial;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import picocli.CommandLine.Model.CommandSpec;

/** {@code convert --sealed}: trains, chooses, writes the package and reports the result. */
final class ConvertSealed {

  private final CommandSpec spec;
  private final ConvertOptions options;
  private final SealedOptions sealed;
  private final boolean json;

  ConvertSealed(CommandSpec spec, ConvertOptions options, SealedOptions sealed, boolean json) {
    this.spec = spec;
    this.options = options;
    this.sealed = sealed;
    this.json = json;
  }

  /**
   * @param size of the model
   * @param recipe how it is trained
   * @param words whether the task has a label for each word
   * @param read reads model and data, given the size
   * @return the exit code
   */
  int run(
      ConvertStart start,
      StudentSize size,
      SealedRecipe recipe,
      boolean words,
      BiFunction<WorkFolder, StudentSize, ConversionJob> read) {
    List<SealedSpec> specs = sealed.specs(words);
    sealed.checkOthers(spec.commandLine().getParseResult(), specs);
    return start.run(
        sealed.stages(),
        recipe.names(),
        work -> read.apply(work, size),
        (job, work, progress, stop) -> {
          SealedRun run =
              new SealedRun(
                  job,
                  options.run(spec),
                  settings(job, work, size, options.recipe(recipe.forTask(job.data())), specs),
                  sealed.thex(),
                  work,
                  new EncryptedChecks(),
                  progress,
                  stop);
          SealedRun.Made made = run.run(options.out().toAbsolutePath().normalize());
          return () -> print(run, made, work);
        });
  }

  private SealedSettings settings(
      ConversionJob job,
      WorkFolder work,
      StudentSize size,
      SealedRecipe recipe,
      List<SealedSpec> specs) {
    RunOptions said = options.run(spec);
    long first = said.seeds().get(0);
    ConversionSettings teacher =
        new ConversionSettings(
            work.ofSeed(first),
            job.source().apply(first),
            job.data(),
            job.recipe(),
            null,
            false,
            job.pooling(),
            HingeRange.DEFAULT,
            said.margin(),
            first,
            said.precision(),
            said.threads(),
            said.checkpointSeconds(),
            said.redo());
    return new SealedSettings(
        teacher,
        recipe,
        size,
        specs,
        said.seeds(),
        sealed.activations(),
        sealed.start(),
        SealedOptions.budget(said.budget()));
  }

  private int print(SealedRun run, SealedRun.Made made, WorkFolder work) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(out, json(run, made, work));
    } else {
      print(out, run, made, work);
    }
    out.flush();
    return run.checksPassed() ? ExitCodes.OK : ExitCodes.CHECK_FAILED;
  }

  private static void print(PrintWriter out, SealedRun run, SealedRun.Made made, WorkFolder work) {
    out.println();
    ConvertOutput.scores(out, run.report());
    out.println();
    Table table =
        new Table("spec", "levels", "seed", "held-out", "development set", "training", "");
    for (SealedTrial trial : made.choice().trials()) {
      Score dev = trial.dev().get(0);
      table.row(
          trial.encoder().spec(),
          trial.encoder().spec().levels(),
          trial.seed(),
          String.format(Locale.ROOT, "%.1f", 100 * trial.heldOut()),
          Figures.score(dev.value(), dev.standardError()),
          Figures.time(trial.seconds()),
          trial.equals(made.choice().kept()) ? "kept" : "");
    }
    table.print(out);
    SealedManifest manifest = made.written().manifest();
    Certificate certificate = manifest.certificate();
    out.printf(
        Locale.ROOT,
        "%noutput below %.3g, %.1f bits above the largest of the task: %s%n",
        manifest.outputBound(),
        manifest.headRoomBits(),
        certificate != null
            ? "proved for every text of " + certificate.pieces() + " word pieces"
            : "not proved; " + manifest.sentinels().size() + " sentinels tell texts out of range");
    ConvertOutput.page(out, work);
    out.println("package: " + made.written().files().folder());
  }

  private static ObjectNode json(SealedRun run, SealedRun.Made made, WorkFolder work) {
    SealedPackage written = made.written();
    ObjectNode json = ConvertOutput.json(run.report(), work);
    json.put("package", written.files().folder().toString());
    json.put("spec", written.manifest().spec().text());
    json.put("outputBound", written.manifest().outputBound());
    json.put("headRoomBits", written.manifest().headRoomBits());
    json.put("proved", written.manifest().certificate() != null);
    ArrayNode trials = json.putArray("trials");
    for (SealedTrial trial : made.choice().trials()) {
      ObjectNode one = trials.addObject();
      one.put("spec", trial.encoder().spec().text());
      one.put("levels", trial.encoder().spec().levels());
      one.put("seed", trial.seed());
      one.put("heldOut", trial.heldOut());
      trial.dev().forEach(s -> one.put(s.name(), s.value()));
      one.put("standardError", trial.dev().get(0).standardError());
      one.put("seconds", trial.seconds());
      one.put("kept", trial.equals(made.choice().kept()));
    }
    return json;
  }
}
