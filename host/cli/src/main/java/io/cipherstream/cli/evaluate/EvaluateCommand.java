package io.cipherstream.cli.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.appliance.ApplianceOptions;
import io.cipherstream.cli.appliance.ChosenAppliance;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.ModelOptions;
import io.cipherstream.cli.base.Models;
import io.cipherstream.cli.base.Progress;
import io.cipherstream.cli.base.RowOptions;
import io.cipherstream.cli.base.TruncateOption;
import io.cipherstream.client.ProgressListener;
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.model.EncodedQuestion;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.QuestionEncoder;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.workflow.data.BadRows;
import io.cipherstream.workflow.data.DataException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code evaluate}: accuracy and speed of a model, in plaintext, simulated, or encrypted. */
@Command(
    name = "evaluate",
    description = "Run labelled examples and compare with plaintext.",
    footer = {
      "%nExample:",
      "  cipherstream evaluate --data dev.tsv --limit 64 --seed 1 --mode compact --json",
      "  cipherstream evaluate --data sts/dev.tsv --model sts --engine simulate",
      "  cipherstream evaluate --data eng.testb --model ner --limit 32",
      "%nA model of classes or of a value reads rows under a header, tab-separated or, in a file"
          + " named .csv, quoted and comma-separated: 'sentence' or 'text', or both of sentence1"
          + " sentence2, question sentence, question1 question2, premise hypothesis, '#1 String'"
          + " '#2 String' or text pair; and label, labels, score, value, Quality, is_duplicate or"
          + " gold_label. Other names: --columns. A label is a class index or name. A model that"
          + " labels words reads CoNLL columns: the word first, its label last, a blank line"
          + " between sentences. A model of any number of labels reads them with commas between"
          + " them, or as a JSON array; an empty cell has none.",
      "%nWith --json: one object per example, and at the end one with examples, the figures of the"
          + " task and of the plaintext pass, agreement and serverSecondsMedian and more. Texts that"
          + " share an inference (examplesShared counts them) have their share of its times and"
          + " bytes; inferenceSecondsMedian is the server's time for a whole inference. Classes:"
          + " accuracy, f1 (or macroF1), matthews, maxLogitError. Any number of labels: microF1"
          + " macroF1 exactMatch maxLogitError. A value: pearson spearman"
          + " rootMeanSquareError maxValueError. Words: entityF1 and"
          + " entityF1StandardError (labels O, B-… and so on)"
          + " wordAccuracy maxLogitError. engine names what computed (separated by commas if it"
          + " changed), enginesFailed counts inferences in which an engine failed; textsCut,"
          + " tokensLeftOut and wordsLeftOut count what --truncate cut, badRows what"
          + " --skip-bad-rows left out, outOfRange the texts a sealed model was not calibrated"
          + " for. With --profile the last object has profile: lines of part, what, count and"
          + " seconds, over all examples after the first."
    })
public final class EvaluateCommand implements Callable<Integer> {

  static final String PLAINTEXT = "plaintext";
  static final String SIMULATE = "simulate";

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      required = true,
      description = "Table of texts and labels; for words CoNLL columns.")
  private Path data = Path.of("");

  @Option(
      names = "--columns",
      paramLabel = "A,B",
      split = ",",
      description =
          "Names of the columns: text and target, or text, second text and target. Without a header"
              + " their numbers from 0.")
  private @Nullable List<String> columns;

  @Option(names = "--no-header", description = "The table has no header; see --columns.")
  private boolean noHeader;

  @Option(names = "--limit", paramLabel = "N", description = "Run only this many examples.")
  private @Nullable Integer limit;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Draw the examples at random with this seed; without it, the first ones.")
  private @Nullable Long seed;

  @Option(
      names = "--engine",
      paramLabel = "E",
      description =
          "plaintext (the float64 forward pass), simulate (the encrypted program on plain slots),"
              + " or an engine of the appliance that is started: auto, seal, seal-limb, java,"
              + " opencl[:platform[/device]], sim[:configuration]; default: auto, or the engine"
              + " of the appliance at --url.")
  private @Nullable String engine;

  @Option(
      names = "--noise",
      description =
          "With --engine simulate: add errors like those of encryption, drawn anew in each"
              + " run.")
  private boolean noise;

  @Option(
      names = "--profile",
      description =
          "Show where the appliance's time goes, by part and operation. With --url it takes an"
              + " operator's API key, and other inferences at the same time are in it.")
  private boolean profile;

  @Mixin private TruncateOption truncate;
  @Mixin private RowOptions rows;
  @Mixin private ModelOptions model;
  @Mixin private ApplianceOptions connection;

  /** A checked example, ready to run. */
  private record Prepared(EvaluationCase asked, EncodedQuestion tokens) {}

  @Override
  public Integer call() {
    if (limit != null && limit < 1) {
      throw new CliException(ExitCodes.USAGE, "--limit " + limit + ": expected at least 1");
    }
    String name = engine == null ? "" : engine.strip().toLowerCase(Locale.ROOT);
    if (noise && !name.equals(SIMULATE)) {
      throw new CliException(
          ExitCodes.USAGE,
          "--noise with "
              + (engine == null ? "no --engine" : "--engine " + engine)
              + ": expected --engine simulate, since an encrypted answer has noise of its own");
    }
    Optional<EngineSpec> appliance =
        List.of("", PLAINTEXT, SIMULATE).contains(name)
            ? Optional.empty()
            : Optional.of(engineSpec(name));
    if (profile && (name.equals(PLAINTEXT) || name.equals(SIMULATE))) {
      throw new CliException(
          ExitCodes.USAGE, "--profile with --engine " + name + ": there is no appliance");
    }
    ModelPackage pack = Models.find(model.model());
    ModelShape shape = pack.manifest().shape();
    if (shape.head().embeds()) {
      throw CliException.badInput(
          "model " + model.model() + " gives embeddings, not labels or values");
    }
    InferenceMode mode = InferenceMode.parse(Models.checkMode(pack.manifest(), model.mode()));
    QuestionEncoder encoder = pack.questions();
    BadRows bad = rows.badRows();
    List<EvaluationCase> examples =
        shuffled(
            new EvaluationData(data, pack.manifest(), columns, !noHeader)
                .read(Optional.ofNullable(encoder.input()), bad));
    List<Prepared> prepared = prepare(examples, encoder, bad);
    PlainPass reference = PlainPass.of(pack, mode);
    EvaluationSummary summary =
        new EvaluationSummary(model.model(), mode.label(), Scoring.of(shape), bad);
    PrintWriter out = spec.commandLine().getOut();
    Optional<String> begun = Optional.empty();
    try (Progress progress = Progress.onStandardError();
        ExampleRunner runner = runner(name, appliance, pack, mode, progress)) {
      long started = System.nanoTime();
      ExampleRunner.Results record =
          (i, result) -> {
            Prepared p = prepared.get(i);
            ObjectNode done =
                summary.json(
                    summary.add(
                        p.asked.answered(p.tokens.words()), plain(reference, p), result, p.tokens));
            if (common.json()) {
              Json.print(out, done);
            }
            double seconds = (System.nanoTime() - started) / 1e9;
            progress.progress(
                String.format(
                    Locale.ROOT, "evaluating, %.1f sentences a second", (i + 1) / seconds),
                i + 1,
                prepared.size());
          };
      boolean all =
          !profile
              && runner.runAll(prepared.stream().map(p -> p.asked.question()).toList(), record);
      for (int i = 0; !all && i < prepared.size(); i++) {
        progress.progress("evaluating", i, prepared.size());
        Prepared p = prepared.get(i);
        try {
          record.add(i, runner.run(p.asked.question(), p.tokens));
        } catch (ModelException e) {
          if (e.kind() != ModelException.Kind.OUT_OF_RANGE) {
            throw e;
          }
          ObjectNode done = summary.addOutOfRange(p.asked, e);
          if (common.json()) {
            Json.print(out, done);
          }
        }
        if (profile && i == 0) {
          begun = times(runner);
        }
      }
      if (begun.isPresent() && prepared.size() > 1) {
        summary.timeLine(
            TimeLine.between(begun.get(), times(runner).orElseThrow(), prepared.size() - 1));
      }
      runner.serverMemoryBytes().ifPresent(summary::serverMemoryBytes);
    }
    if (summary.isEmpty()) {
      throw CliException.badInput(
          data
              + ": model "
              + model.model()
              + " was calibrated for none of its "
              + prepared.size()
              + " texts: all are out-of-range");
    }
    if (common.json()) {
      Json.print(out, summary.json());
    } else {
      summary.print(out);
    }
    return ExitCodes.OK;
  }

  private static double[][] plain(PlainPass reference, Prepared p) {
    TokenSequence tokens = p.tokens.tokens();
    return p.tokens.answers(reference.runRows(tokens.ids(), tokens.segments()));
  }

  /** The appliance's metrics once an inference is in them. */
  private static Optional<String> times(ExampleRunner runner) {
    Optional<String> metrics = runner.metrics();
    if (metrics.filter(TimeLine::shows).isEmpty()) {
      throw CliException.badInput(
          "--profile: the appliance shows its times to operators alone; use an operator's API key");
    }
    return metrics;
  }

  private List<EvaluationCase> shuffled(List<EvaluationCase> all) {
    if (seed == null) {
      return all;
    }
    List<EvaluationCase> drawn = new ArrayList<>(all);
    Collections.shuffle(drawn, new Random(seed));
    return drawn;
  }

  /** All examples that will run, checked before the first one does. */
  private List<Prepared> prepare(
      List<EvaluationCase> examples, QuestionEncoder encoder, BadRows bad) {
    List<Prepared> prepared = new ArrayList<>();
    int looked = 0;
    for (EvaluationCase example : examples) {
      // Without --skip-bad-rows, those that follow a bad one are checked too, but none beyond the
      // limit.
      if (limit != null && (bad.skips() ? prepared.size() : looked) >= limit) {
        break;
      }
      looked++;
      try {
        EncodedQuestion tokens = encoder.encode(example.question(), truncate.truncation());
        prepared.add(new Prepared(example, tokens));
      } catch (ModelException e) {
        if (e.kind() == ModelException.Kind.TEXT_INPUT) {
          throw e;
        }
        boolean tooLong = e.kind() == ModelException.Kind.TEXT_TOO_LONG;
        bad.add(
            new DataException(
                tooLong ? DataException.Kind.TOO_LONG : DataException.Kind.TEXT,
                data
                    + " line "
                    + example.line()
                    + ": "
                    + e.getMessage()
                    + (tooLong ? truncate.advice() : ""),
                e));
      }
    }
    bad.settle();
    if (prepared.isEmpty()) {
      throw CliException.badInput(data + ": none of its rows can be used:" + bad.text());
    }
    RowOptions.say(bad);
    return prepared;
  }

  private ExampleRunner runner(
      String name,
      Optional<EngineSpec> spec,
      ModelPackage pack,
      InferenceMode mode,
      ProgressListener progress) {
    if (name.equals(PLAINTEXT)) {
      return new ExampleRunner.Plaintext(PlainPass.of(pack, mode));
    }
    if (name.equals(SIMULATE)) {
      return new ExampleRunner.Simulated(pack, mode, noise);
    }
    ChosenAppliance appliance =
        connection.open(model.model(), model.mode(), spec, truncate.truncation(), progress);
    try {
      return new ExampleRunner.Encrypted(appliance, model.model(), mode);
    } catch (RuntimeException e) {
      appliance.close();
      throw e;
    }
  }

  private static EngineSpec engineSpec(String name) {
    try {
      return EngineSpec.parse(name);
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCodes.USAGE,
          "engine '"
              + name
              + "': expected one of "
              + List.of(PLAINTEXT, SIMULATE)
              + " or "
              + EngineSpec.NAMES,
          e);
    }
  }
}
