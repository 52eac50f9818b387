package io.cipherstream.cli.convert;

import io.cipherstream.cli.evaluate.EvaluationSummary;
import io.cipherstream.cli.evaluate.ExampleRunner;
import io.cipherstream.cli.evaluate.LocalInference;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ModelPlans;
import io.cipherstream.transformer.Simulation;
import io.cipherstream.transformer.TokenClass;
import io.cipherstream.workflow.report.AgreementCheck;
import io.cipherstream.workflow.train.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Holds what a package's encrypted program gives against the plaintext pass, first simulated, then
 * on SEAL, client and server in this process.
 */
final class ConvertChecks {

  /** Simulated examples. */
  static final int SIMULATED = 16;

  private final String title;
  private final ModelPackage pack;
  private final InferenceMode mode;
  private final List<InferencePlan> plans;
  private final PlaintextTransformer plaintext;
  private final boolean classes;

  /**
   * @param pack one with at least one mode
   * @param classes whether answers are classes
   */
  ConvertChecks(String title, ModelPackage pack, boolean classes) {
    this.title = title;
    this.pack = pack;
    this.mode = ModelPlans.modes(pack.manifest()).get(0);
    this.plans = ModelPlans.of(pack.manifest(), mode);
    this.plaintext = ExampleRunner.plaintext(pack, mode);
    this.classes = classes;
  }

  /** The encrypted program on plain slots. */
  AgreementCheck simulated(List<Example> dev, ConvertProgress progress) {
    List<Example> examples = sample(dev, SIMULATED);
    ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try (Simulation simulation =
        Simulation.of(needed(examples), pack.encoder(), pack.client().embeddings(), workers)) {
      return check(
          "outputs, simulated in mode " + mode.label(),
          examples,
          tokens -> simulation.runRows(mode, tokens),
          "the encrypted program on plain numbers",
          progress);
    } finally {
      workers.shutdownNow();
    }
  }

  /** Encrypted, on SEAL. */
  AgreementCheck encrypted(List<Example> dev, int count, ConvertProgress progress) {
    List<Example> examples = sample(dev, count);
    List<InferencePlan> needed = needed(examples);
    try (LocalInference inference = new LocalInference(pack, needed)) {
      return check(
          "outputs, encrypted in mode " + mode.label(),
          examples,
          tokens -> inference.run(pack, tokens),
          "SEAL, parameter set "
              + needed.get(0).parameters().name()
              + ", both halves in one process",
          progress);
    }
  }

  private AgreementCheck check(
      String what,
      List<Example> examples,
      Function<TokenSequence, double[][]> pass,
      String remark,
      ConvertProgress progress) {
    double largest = 0;
    int different = 0;
    long nanos = 0;
    for (int i = 0; i < examples.size(); i++) {
      progress.work(title + ", " + what, (double) i / examples.size());
      Example example = examples.get(i);
      TokenSequence tokens = new TokenSequence(example.ids(), example.segments());
      double[][] plain = plaintext.runRows(tokens.ids(), tokens.segments());
      long started = System.nanoTime();
      double[][] got = pass.apply(tokens);
      nanos += System.nanoTime() - started;
      boolean differs = false;
      for (int row : answers(example)) {
        largest = Math.max(largest, EvaluationSummary.largestDifference(plain[row], got[row]));
        differs |= EvaluationSummary.best(plain[row]) != EvaluationSummary.best(got[row]);
      }
      different += differs ? 1 : 0;
    }
    return new AgreementCheck(
        title,
        what,
        "outputs, plaintext pass",
        examples.size(),
        largest,
        AgreementCheck.ENCRYPTED_LIMIT,
        classes ? different : -1,
        nanos / 1e9 / examples.size(),
        remark);
  }

  /** The rows that answer: of words those that have a label. */
  private int[] answers(Example example) {
    return pack.manifest().shape().pooling() == Pooling.NONE
        ? IntStream.range(0, example.length())
            .filter(t -> example.targets()[t] != Example.IGNORED)
            .toArray()
        : new int[] {0};
  }

  /** Plans of the token classes that the examples need, so that no others are encoded. */
  private List<InferencePlan> needed(List<Example> examples) {
    List<InferencePlan> out = new ArrayList<>();
    for (InferencePlan plan : plans) {
      if (examples.stream()
          .anyMatch(e -> TokenClass.choose(plans, mode, e.length()).equals(plan))) {
        out.add(plan);
      }
    }
    return out;
  }

  /** Examples evenly spread over the list, none that no plan holds. */
  private List<Example> sample(List<Example> dev, int count) {
    int longest = plans.stream().mapToInt(InferencePlan::tokenClass).max().orElse(0);
    List<Example> fitting = dev.stream().filter(e -> e.length() <= longest).toList();
    int size = Math.min(count, fitting.size());
    return IntStream.range(0, size)
        .mapToObj(i -> fitting.get((int) ((long) i * fitting.size() / size)))
        .toList();
  }
}
