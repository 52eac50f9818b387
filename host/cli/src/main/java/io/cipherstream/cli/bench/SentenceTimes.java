package io.cipherstream.cli.bench;

import io.cipherstream.bench.report.BenchCase;
import io.cipherstream.bench.report.Measurement;
import io.cipherstream.bench.report.Samples;
import io.cipherstream.bench.run.Sentences;
import io.cipherstream.cli.appliance.ChosenAppliance;
import io.cipherstream.cli.appliance.ClientSetup;
import io.cipherstream.cli.appliance.ConnectionOptions;
import io.cipherstream.cli.base.EngineOptions;
import io.cipherstream.cli.base.ModelOptions;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.ClientModel;
import io.cipherstream.client.InferenceReport;
import io.cipherstream.model.Truncation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Times a sentence in each embedded model, on a separate appliance for each engine. */
final class SentenceTimes implements Sentences {

  /** The embedded models, so that every machine has them. */
  private static final List<String> MODELS =
      List.of(ModelOptions.SEALED_MODEL, ModelOptions.INTERACTIVE_MODEL);

  private static final String TEXT = "a charming and often affecting journey";

  /**
   * Whether sentences are timed on the engine: not on those that only benchmarks have, nor on the
   * interpreter, which takes minutes.
   */
  @Override
  public boolean serves(String engine) {
    return engine.equals("seal") || engine.equals("seal-limb") || engine.startsWith("opencl:");
  }

  @Override
  public List<Measurement> measure(String engine, int sentences) {
    List<Measurement> all = new ArrayList<>();
    try (ChosenAppliance appliance =
            ConnectionOptions.own(
                MODELS,
                Optional.of(EngineOptions.parse(engine)),
                Truncation.REFUSE,
                (step, done, total) -> {},
                new ClientSetup()::apply);
        CipherstreamClient client = appliance.connect()) {
      for (String name : MODELS) {
        all.addAll(measure(client, name, engine, sentences));
      }
    }
    return all;
  }

  private static List<Measurement> measure(
      CipherstreamClient client, String name, String engine, int sentences) {
    try (ClientModel model = client.model(name, Optional.empty())) {
      var unused = model.classify(TEXT);
      List<InferenceReport> reports = new ArrayList<>();
      for (int i = 0; i < sentences; i++) {
        reports.add(model.classify(TEXT).report());
      }
      return List.of(
          times(name, "total", engine, reports, InferenceReport::totalSeconds),
          times(name, "server, transfer included", engine, reports, InferenceReport::serverSeconds),
          times(name, "server, ciphertexts only", engine, reports, InferenceReport::computeSeconds),
          times(name, "client", engine, reports, InferenceReport::clientSeconds));
    }
  }

  private static Measurement times(
      String model,
      String part,
      String engine,
      List<InferenceReport> reports,
      ToDoubleFunction<InferenceReport> seconds) {
    BenchCase what =
        new BenchCase(
            BenchCase.Kind.SENTENCE,
            model + " sentence, " + part,
            engine,
            "",
            0,
            Runtime.getRuntime().availableProcessors());
    List<Double> samples = reports.stream().map(seconds::applyAsDouble).toList();
    return new Measurement(what, Measurement.SECONDS, Samples.of(samples), null, null, null);
  }
}
