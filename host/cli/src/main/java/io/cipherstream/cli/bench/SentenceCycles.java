package io.cipherstream.cli.bench;

import io.cipherstream.bench.cycles.ClusterCard;
import io.cipherstream.bench.cycles.Recording;
import io.cipherstream.bench.cycles.RecordingEngine;
import io.cipherstream.bench.cycles.RecordingFile;
import io.cipherstream.bench.cycles.SentenceFigures;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.Models;
import io.cipherstream.cli.evaluate.LocalInference;
import io.cipherstream.client.ProgressListener;
import io.cipherstream.core.Submission;
import io.cipherstream.engine.EngineSettings;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.report.Figures;
import io.cipherstream.seal.SealEngine;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ModelPlans;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Records the limb programs of one sentence in a model, as the appliance compiles them for a card,
 * and predicts what a card's clusters take for them.
 */
final class SentenceCycles {

  private static final String TEXT = "a charming and often affecting journey";

  private final String model;
  private final ClusterCard card;
  private final Optional<Path> recordingFile;

  /**
   * @param recordingFile where the recording goes, if it is wanted
   * @throws CliException if there is no such card; the text lists those that there are
   */
  SentenceCycles(String model, String card, Optional<Path> recordingFile) {
    this.model = model;
    this.recordingFile = recordingFile;
    List<ClusterCard> cards = ClusterCard.all();
    this.card =
        cards.stream()
            .filter(c -> c.name().equals(card))
            .findFirst()
            .orElseThrow(
                () ->
                    CliException.badInput(
                        "card '"
                            + card
                            + "': expected one of "
                            + cards.stream()
                                .map(ClusterCard::name)
                                .collect(Collectors.joining(", "))));
  }

  SentenceFigures run(ProgressListener progress) {
    ModelPackage pack = Models.find(model);
    InferenceMode mode = ModelPlans.modes(pack.manifest()).get(0);
    int[] tokens = pack.client().tokenizer().encode(TEXT);
    InferencePlan plan =
        ModelPlans.of(pack.manifest(), mode).stream()
            .filter(p -> p.tokenClass() >= tokens.length)
            .findFirst()
            .orElseThrow(() -> CliException.badInput("the sentence is too long for the model"));
    try (LocalInference inference = new LocalInference(pack, plan)) {
      progress.progress("computing a sentence", 0, 0);
      inference.record(pack, tokens);
      progress.progress("recording its limb programs", 0, 0);
      Recording recording = record(inference);
      if (recordingFile.isPresent()) {
        write(recording, recordingFile.get());
      }
      progress.progress("compiling and predicting them", 0, 0);
      return SentenceFigures.of(model, mode.label(), recording, card);
    }
  }

  static void print(SentenceFigures f, PrintWriter print) {
    print.printf(
        "%s (%s, N = %d) on %s, %d clusters of %d butterflies and %d product lanes, predicted:%n",
        f.sentence(),
        f.mode(),
        f.degree(),
        f.card(),
        f.shape().clusters(),
        f.shape().butterflies(),
        f.shape().products());
    print.printf(
        Locale.ROOT,
        "warm   %,d cycles in %d launches of %d jobs%n",
        f.cyclesWarm(),
        f.launches(),
        f.jobs());
    print.printf(
        Locale.ROOT, "cold   %,d cycles in %d launches%n", f.cyclesCold(), f.launchesCold());
    print.printf(
        Locale.ROOT,
        "time   %.2f ms warm at %.0f MHz (%s)%n",
        f.milliseconds(),
        f.clockMegahertz(),
        f.clockSource());
    print.printf(
        "use    butterflies %s, product lanes %s%n",
        Figures.percent(f.butterflyUse(), 1), Figures.percent(f.productUse(), 1));
    print.printf(
        Locale.ROOT,
        "bytes  %.1f MB moved, %.1f MB have to be%n",
        f.bytesMoved() / 1e6,
        f.bytesRequired() / 1e6);
  }

  /** The first sentence prepares keys and weights; the second finds them. */
  private static Recording record(LocalInference inference) {
    try (RecordingEngine engine =
            new RecordingEngine(new SealEngine(inference.parameters().ring()));
        CkksEvaluator on =
            new CkksEvaluator(
                new LimbArithmetic(
                    inference.parameters(), engine, EngineSettings.RESIDENT_BYTES_DEFAULT))) {
      inference.replay(on);
      List<List<Submission>> cold = engine.takeRounds();
      inference.replay(on);
      return new Recording(inference.parameters().ring(), cold, engine.takeRounds());
    }
  }

  private static void write(Recording recording, Path file) {
    try (var out = Files.newOutputStream(file)) {
      RecordingFile.write(recording, out);
    } catch (IOException e) {
      throw CliException.badInput(file + " cannot be written: " + e);
    }
  }
}
