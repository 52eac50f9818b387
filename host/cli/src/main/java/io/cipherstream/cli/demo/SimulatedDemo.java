package io.cipherstream.cli.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.bench.cycles.run.CardMeter;
import io.cipherstream.bench.cycles.run.CountingEngine;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CoreWorkJson;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Progress;
import io.cipherstream.cli.base.Units;
import io.cipherstream.cli.evaluate.EvaluationSummary;
import io.cipherstream.cli.evaluate.LocalInference;
import io.cipherstream.cli.evaluate.PlainPass;
import io.cipherstream.engine.EngineSettings;
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.engine.Engines;
import io.cipherstream.model.Logits;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.opencl.CardOptions;
import io.cipherstream.opencl.OpenClEngine;
import io.cipherstream.opencl.image.CoreActivity;
import io.cipherstream.opencl.image.ImageManifest;
import io.cipherstream.ring.EngineCounters;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.seal.SealEngine;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ModelPlans;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The demo on a simulated card. It computes one sentence on SEAL, then the same ciphertexts on the
 * card's cores, cycle by cycle, and compares every reply word for word. Client and appliance are in
 * this process.
 */
final class SimulatedDemo {

  private final ModelPackage pack;
  private final InferenceMode mode;
  private final EngineSpec spec;

  SimulatedDemo(ModelPackage pack, InferenceMode mode, EngineSpec spec) {
    this.pack = pack;
    this.mode = mode;
    this.spec = spec;
  }

  /** The outcome. */
  private record Outcome(
      double[] logits,
      double[] plain,
      long words,
      double seconds,
      CardMeter meter,
      EngineCounters counters,
      ImageManifest image) {}

  void run(String sentence, Progress progress, PrintWriter out, boolean json) {
    int[] tokens = pack.client().tokenizer().encode(sentence);
    InferencePlan plan =
        ModelPlans.of(pack.manifest(), mode).stream()
            .filter(p -> p.tokenClass() >= tokens.length)
            .findFirst()
            .orElseThrow(() -> CliException.badInput("the sentence is too long for the model"));
    PlainPass reference = PlainPass.of(pack, mode);
    CardMeter meter = new CardMeter();
    EngineSettings settings =
        EngineSettings.of(spec).with(CardOptions.DEFAULTS.withListener(meter));
    try (LocalInference inference = new LocalInference(pack, plan);
        OpenClEngine card =
            (OpenClEngine) Engines.limb(spec, inference.parameters().ring(), settings)) {
      ImageManifest image = card.image().orElseThrow();
      progress.progress("computing the sentence on SEAL", 0, 0);
      double[] logits = inference.record(pack, tokens);
      long instructions;
      long bound;
      try (CountingEngine dry = new CountingEngine(fast(inference), image);
          CkksEvaluator on = evaluator(inference, dry)) {
        inference.replay(on);
        instructions = dry.counters().instructions();
        bound = dry.bound();
      }
      long started = System.nanoTime();
      ScheduledExecutorService ticker = meter.watch(progress::progress, instructions, bound);
      long words;
      try (CkksEvaluator on = evaluator(inference, card)) {
        words = inference.replay(on);
      } finally {
        ticker.shutdownNow();
      }
      progress.close();
      double seconds = (System.nanoTime() - started) / 1e9;
      Outcome outcome =
          new Outcome(logits, reference.run(tokens), words, seconds, meter, card.counters(), image);
      if (json) {
        Json.print(out, json(sentence, outcome));
      } else {
        print(out, sentence, outcome);
      }
    }
  }

  private static CkksEvaluator evaluator(LocalInference inference, LimbEngine engine) {
    return new CkksEvaluator(
        new LimbArithmetic(inference.parameters(), engine, EngineSettings.RESIDENT_BYTES_DEFAULT));
  }

  private static LimbEngine fast(LocalInference inference) {
    return new SealEngine(inference.parameters().ring(), Long.MAX_VALUE, null, 1);
  }

  private String label(double[] logits) {
    int best = Logits.best(logits);
    List<String> labels = pack.manifest().shape().labels();
    return best < labels.size() ? labels.get(best) : Integer.toString(best);
  }

  /** Cycles of the busiest unit at the stated clock. */
  private static double simulatedSeconds(Outcome o) {
    return o.meter().busiestUnitCycles() / (o.image().clockMhz() * 1e6);
  }

  private void print(PrintWriter out, String sentence, Outcome o) {
    CoreActivity a = o.meter().total();
    out.printf(Locale.ROOT, "%s  %s%n%n", label(o.logits()), sentence);
    out.printf(
        Locale.ROOT,
        "logit error     %.1e, largest difference from the same model in plaintext%n",
        EvaluationSummary.largestDifference(o.plain(), o.logits()));
    out.printf(
        Locale.ROOT,
        "compared        %,d words of all replies with SEAL's, on the same ciphertexts: no word"
            + " differs%n",
        o.words());
    out.printf(Locale.ROOT, "card            %s, %s, %s%n", spec, o.image(), o.image().core());
    out.printf(
        Locale.ROOT,
        "instructions    %,d in %,d launches of the kernel %s%n",
        a.instructions(),
        a.runs(),
        o.image().kernel());
    if (a.cycles() > 0) {
      printCycles(out, o, a);
    }
    out.printf(
        Locale.ROOT,
        "moved           %s to the card, %s back%n",
        Units.bytes(o.counters().bytesUp()),
        Units.bytes(o.counters().bytesDown()));
    out.printf(Locale.ROOT, "simulation took %.0f s%n", o.seconds());
    out.println();
    out.println("client and appliance ran in this process");
    out.flush();
  }

  private static void printCycles(PrintWriter out, Outcome o, CoreActivity a) {
    out.printf(
        Locale.ROOT,
        "simulated       %,d cycles, that is %.3f s simulated time at the stated %.0f MHz%n",
        a.cycles(),
        simulatedSeconds(o),
        o.image().clockMhz());
    out.printf(Locale.ROOT, "units           %s%n", CardMeter.utilisation(a));
    predicted(o)
        .ifPresent(
            cycles ->
                out.printf(
                    Locale.ROOT,
                    "predicted       %,.0f cycles by the model; the core took %.3f of them%n",
                    cycles,
                    a.cycles() / cycles));
    out.printf(
        Locale.ROOT,
        "speed           %,.0f cycles per second; the clock is stated, not measured%n",
        a.cycles() / o.seconds());
  }

  private static OptionalDouble predicted(Outcome o) {
    return o.meter().predictedCycles(o.image(), CardMeter.MEMORY_LATENCY);
  }

  private ObjectNode json(String sentence, Outcome o) {
    CoreActivity a = o.meter().total();
    ObjectNode json = Json.object();
    json.put("text", sentence);
    json.put("label", label(o.logits()));
    json.put("engine", spec.toString());
    json.put("image", o.image().name());
    json.put("wordsCompared", o.words());
    json.put("kernel", o.image().kernel());
    json.put("core", o.image().core());
    json.put("instructions", a.instructions());
    json.put("launches", a.runs());
    CoreWorkJson.put(json, a.work());
    predicted(o).ifPresent(cycles -> json.put("predictedCycles", Math.round(cycles)));
    json.put("clockMhz", o.image().clockMhz());
    json.put("simulatedSeconds", simulatedSeconds(o));
    json.put("wallSeconds", o.seconds());
    json.put("bytesUp", o.counters().bytesUp());
    json.put("bytesDown", o.counters().bytesDown());
    return json;
  }
}
