package io.cipherstream.cli.convert;

import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.model.Pooling;
import io.cipherstream.workflow.convert.Miniature;
import io.cipherstream.workflow.convert.TaskData;
import io.cipherstream.workflow.report.DataFile;
import io.cipherstream.workflow.run.ConversionJob;
import io.cipherstream.workflow.run.WorkFolder;
import io.cipherstream.workflow.sealed.SealedRecipe;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code convert miniature}: a whole conversion on a generated task, from random weights. */
@Command(
    name = "miniature",
    abbreviateSynopsis = true,
    description = {
      "Convert a tiny model with random weights on a generated task (does the verb agree with its"
          + " subject?), through every stage, in a minute or two. It needs no data and shows that"
          + " everything works on this machine; a bag of words cannot do the task."
    },
    footer = {
      "%nExamples:",
      "  cipherstream convert miniature --name mini",
      "  cipherstream convert miniature --sealed --spec auto --name mini-sealed"
    })
final class ConvertMiniatureCommand implements Callable<Integer> {

  /** Seed of the examples: the same for every seed of a model. */
  private static final long DATA_SEED = 1;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private ConvertOptions options;
  @Mixin private SealedOptions sealed;

  @Override
  public Integer call() {
    ConvertStart start = new ConvertStart(spec, options, common.json());
    if (sealed.asked()) {
      return new ConvertSealed(spec, options, sealed, common.json())
          .run(start, Miniature.SIZE, SealedRecipe.miniature(), false, (work, size) -> job(work));
    }
    sealed.check();
    return start.run(null, this::job);
  }

  private ConversionJob job(WorkFolder work) {
    Path folder = work.folder().resolve("data");
    TaskData data = Miniature.data(folder, Miniature.TRAINING, Miniature.DEV, DATA_SEED);
    List<DataFile> files =
        List.of(
            ConvertData.file(
                DataFile.Role.TRAINING, folder.resolve("train.tsv"), Miniature.TRAINING),
            ConvertData.file(DataFile.Role.DEV, folder.resolve("dev.tsv"), Miniature.DEV));
    Integer limit = options.limit();
    return new ConversionJob(
        "random weights",
        Miniature::source,
        limit == null ? data : data.limited(limit),
        files,
        options.recipe(Miniature.recipe(), sealed.phases(SealedRecipe.miniature())),
        null,
        Pooling.CLS,
        List.of());
  }
}
