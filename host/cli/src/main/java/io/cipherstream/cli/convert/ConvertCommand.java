package io.cipherstream.cli.convert;

import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.RowOptions;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.workflow.convert.Recipe;
import io.cipherstream.workflow.convert.StudentSize;
import io.cipherstream.workflow.convert.TaskData;
import io.cipherstream.workflow.data.BadRows;
import io.cipherstream.workflow.report.DataFile;
import io.cipherstream.workflow.run.ConversionJob;
import io.cipherstream.workflow.sealed.SealedRecipe;
import io.cipherstream.workflow.sealed.SealedSettings;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code convert}: turns a pre-trained encoder and a task into a package that runs encrypted. */
@Command(
    name = "convert",
    abbreviateSynopsis = true,
    description = {
      "Convert a pre-trained BERT model to THE-X on a task: fine-tune, replace GELU, softmax and"
          + " LayerNorm, distil, calibrate, write the package, and check it encrypted. The report"
          + " has every stage's loss. This takes from minutes to hours; after an interruption, the"
          + " same command resumes."
    },
    footer = {
      "%nExample:",
      "  cipherstream convert --from maven:minilm --task sst2 --data sst2 --name minilm-sst2",
      "  cipherstream convert --from my-bert --task topics --labels sports,politics --text-column"
          + " body --target-column topic --data topics --out topics-model",
      "  cipherstream convert --from maven:minilm --task sst2 --data sst2 --student"
          + " layers=2,hidden=128 --name tiny",
      "  cipherstream convert --sealed --spec auto --from maven:minilm --task sst2 --data sst2"
          + " --name sealed",
      "%nStages: exact, student (with --student), attention, norms, thex, polynomial. The work"
          + " folder has report.json and report.html after each of them. Further exit codes: 5 a"
          + " check failed or a bound fits no parameter set; 6 the loss was above --budget; 130"
          + " interrupted."
    },
    subcommands = {ConvertMiniatureCommand.class, ConvertCompareCommand.class})
public final class ConvertCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private ConvertSource source;
  @Mixin private ConvertTaskOptions task;
  @Mixin private RowOptions rows;
  @Mixin private ConvertOptions options;

  @Option(
      names = "--student",
      paramLabel = "SIZES",
      description =
          "Convert a smaller model instead, trained on the fine-tuned model's answers:"
              + " layers=2,hidden=128[,heads=2][,intermediate=512].")
  private @Nullable String student;

  @Mixin private SealedOptions sealed;

  @Override
  public Integer call() {
    if (sealed.asked()) {
      source.check();
      task.check(false);
      ConvertStart start = new ConvertStart(spec, options, common.json());
      return new ConvertSealed(spec, options, sealed, common.json())
          .run(
              start,
              student == null ? SealedSettings.SIZE : StudentSize.parse(student),
              SealedRecipe.pretrained(),
              task.words(),
              (work, size) -> job(size));
    }
    sealed.check();
    StudentSize size = student == null ? null : StudentSize.parse(student);
    source.check();
    task.check(size != null);
    return new ConvertStart(spec, options, common.json()).run(size, work -> job(size));
  }

  private ConversionJob job(@Nullable StudentSize size) {
    ImportedModel model = source.read();
    ConvertData files = task.files();
    BadRows bad = rows.badRows();
    TaskData data = task.read(model.tokenizer(), model.embeddings().positions(), bad);
    RowOptions.say(bad);
    data.modelTask();
    List<DataFile> described =
        List.of(
            ConvertData.file(
                DataFile.Role.TRAINING,
                files.training(),
                (long) data.training().size() + data.heldOut().size()),
            ConvertData.file(DataFile.Role.DEV, files.dev(), data.dev().size()));
    Integer limit = options.limit();
    return new ConversionJob(
        source.from(),
        seed -> model,
        limit == null ? data : data.limited(limit),
        described,
        options.recipe(recipe(data, size), sealed.phases(SealedRecipe.pretrained())),
        size,
        source.pooling(model, data.words()),
        notes(bad));
  }

  /** A student learns from made-up texts too; nothing else has enough steps of a few examples. */
  private Recipe recipe(TaskData data, @Nullable StudentSize size) {
    Recipe recipe = Recipe.pretrained();
    return size == null || sealed.asked() ? recipe.forExamples(data.training().size()) : recipe;
  }

  private static List<String> notes(BadRows bad) {
    return bad.count() == 0
        ? List.of()
        : List.of(
            bad.count()
                + " rows of the files could not be used and were left out "
                + bad.reasons()
                + ": "
                + String.join("; ", bad.listed())
                + (bad.count() > bad.listed().size() ? "; and more" : ""));
  }
}
