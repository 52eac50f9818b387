package io.cipherstream.cli.ask;

import io.cipherstream.cli.appliance.ApplianceOptions;
import io.cipherstream.cli.appliance.ChosenAppliance;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.EngineOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.ModelOptions;
import io.cipherstream.cli.base.Models;
import io.cipherstream.cli.base.Progress;
import io.cipherstream.cli.base.RowOptions;
import io.cipherstream.cli.base.TruncateOption;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.ClientModel;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.Pooling;
import io.cipherstream.workflow.data.BadRows;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code classify}: labels and values for texts that the appliance never sees. */
@Command(
    name = "classify",
    description =
        "Ask a model about texts, pairs of texts or words under encryption. The answer is a label,"
            + " several labels, a value, or a label per word, depending on the model.",
    footer = {
      "%nExamples:",
      "  cipherstream classify --text \"a charming journey\"",
      "  cipherstream classify --model sts --text \"A man eats.\" --pair \"Someone is eating.\"",
      "  cipherstream classify --model rte --file pairs.tsv --pairs",
      "  cipherstream classify --model ner --text \"Ada lived in London .\" --text '[\"New"
          + " York\"]'",
      "%nA model of pairs also takes a tab between the texts without --pairs. For a model that"
          + " labels words, white space separates the words, or the text is a JSON array of words;"
          + " a word's label is that of its first word piece.",
      "%nWith --json, one object per line: text, pair (the second text) and label logits"
          + " probabilities, or labels (those of probability 1/2 or more) logits probabilities, or"
          + " value, or words (of word label logits probabilities); then model mode engine rounds"
          + " bytesUp bytesDown keyBytes serverSeconds computeSeconds clientSeconds totalSeconds"
          + " texts tokens tokensLeftOut wordsLeftOut tokenClass enginesFailed warnings; and line,"
          + " for a text of --file. engine names what computed, enginesFailed what failed before."
          + " tokensLeftOut and wordsLeftOut count what --truncate cut. serverSeconds is the time"
          + " the client waited for the appliance, transfer included; computeSeconds is the part of"
          + " it spent on ciphertexts. In mode hybrid the texts of a long file share inferences:"
          + " texts counts how many have these bytes and times together."
    })
public final class ClassifyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;
  @Mixin private EngineOptions engine;
  @Mixin private TextOptions texts;
  @Mixin private TruncateOption truncate;
  @Mixin private RowOptions rows;

  @Option(
      names = "--pair",
      paramLabel = "T",
      description = "The second text of a pair; give one for each --text, in the same order.")
  private @Nullable List<String> seconds;

  @Option(
      names = "--pairs",
      description = "Each line of --file is a pair: a text, one tab, a second text.")
  private boolean pairs;

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description =
          "Classify an image (PNG, JPEG, BMP, GIF) with a network that takes images of its size; in"
              + " place of texts. May be given several times.")
  private @Nullable List<Path> images;

  @Mixin private LaterOptions later;
  @Mixin private ApplianceOptions connection;

  @Override
  public Integer call() {
    List<Path> files = images;
    if (files != null) {
      return new NetworkAnswers(spec, common, model.model(), engine, connection)
          .ask(network -> files.stream().map(file -> ImageNumbers.read(file, network)).toList());
    }
    later.check(connection);
    BadRows bad = rows.badRows();
    TokenCheck check = new TokenCheck(truncate, bad);
    List<TextOptions.Origin> inputs = texts.read(seconds == null ? List.of() : seconds, pairs, bad);
    if (connection.startsOne()) {
      ModelPackage pack = Models.find(model.model());
      Models.checkAnswers(pack.manifest(), false);
      inputs = check.usable(pack.questions(), inputs);
    }
    PrintWriter out = spec.commandLine().getOut();
    try (Progress progress = Progress.onStandardError();
        ChosenAppliance appliance =
            connection.open(
                model.model(), model.mode(), engine.spec(), truncate.truncation(), progress);
        CipherstreamClient client = appliance.connect()) {
      ClientModel open = client.model(model.model(), model.mode());
      inputs = check.usable(open, inputs);
      RowOptions.say(bad);
      AnswerOutput answers = new AnswerOutput(model.model(), out, common.json());
      boolean asked =
          later.done(open, inputs, out, common.json(), (text, a) -> answers.print(open, text, a));
      if (asked) {
        return ExitCodes.OK;
      }
      if (open.shape().pooling() == Pooling.NONE) {
        for (int i = 0; i < inputs.size(); i++) {
          progress.progress("classifying", i, inputs.size());
          answers.printWords(open, inputs.get(i));
        }
      } else {
        ManyTexts.ask(
            open, inputs, "classifying", progress, (text, a) -> answers.print(open, text, a));
      }
    }
    return ExitCodes.OK;
  }
}
