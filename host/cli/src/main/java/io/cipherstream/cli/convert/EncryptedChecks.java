package io.cipherstream.cli.convert;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.cli.evaluate.EvaluationSummary;
import io.cipherstream.cli.evaluate.LocalInference;
import io.cipherstream.cli.evaluate.PlainPass;
import io.cipherstream.cli.model.PackagePlans;
import io.cipherstream.model.Logits;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ModelPlans;
import io.cipherstream.transformer.Simulation;
import io.cipherstream.transformer.TokenClass;
import io.cipherstream.workflow.report.AgreementCheck;
import io.cipherstream.workflow.run.PackageChecks;
import io.cipherstream.workflow.run.RunListener;
import io.cipherstream.workflow.train.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Compares a package's encrypted program with the plaintext pass, first simulated, then encrypted,
 * with client and appliance in this process.
 */
final class EncryptedChecks implements PackageChecks {

  /** Number of simulated examples. */
  private static final int SIMULATED = 16;

  @Override
  public void checkShape(ModelShape shape) {
    IllegalArgumentException last = null;
    for (CkksParameters parameters : CkksParameters.SETS) {
      try {
        InferencePlan.tokenClasses(shape, parameters);
        return;
      } catch (IllegalArgumentException e) {
        last = e;
      }
    }
    throw new IllegalArgumentException(last == null ? "" : last.getMessage(), last);
  }

  @Override
  public void plan(ModelPackage written) {
    PackagePlans.write(written);
  }

  @Override
  public AgreementCheck simulated(Checked what, RunListener listener) {
    return new Program(what, listener).simulated();
  }

  @Override
  public AgreementCheck encrypted(Checked what, int examples, RunListener listener) {
    return new Program(what, listener).encrypted(examples);
  }

  /** One package's program in its first mode. */
  private static final class Program {

    private final Checked what;
    private final RunListener listener;
    private final ModelPackage pack;
    private final InferenceMode mode;
    private final List<InferencePlan> plans;
    private final PlainPass plaintext;

    Program(Checked what, RunListener listener) {
      this.what = what;
      this.listener = listener;
      this.pack = what.pack();
      this.mode = ModelPlans.modes(pack.manifest()).get(0);
      this.plans = ModelPlans.of(pack.manifest(), mode);
      this.plaintext = PlainPass.of(pack, mode);
    }

    AgreementCheck simulated() {
      List<Example> examples = sample(SIMULATED);
      ExecutorService workers =
          Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
      try (Simulation simulation = Simulation.of(needed(examples), pack, workers)) {
        return check(
            "outputs, simulated in mode " + mode.label(),
            examples,
            tokens -> simulation.runRows(mode, tokens),
            "the encrypted program on plain numbers");
      } finally {
        workers.shutdownNow();
      }
    }

    AgreementCheck encrypted(int count) {
      List<Example> examples = sample(count);
      List<InferencePlan> needed = needed(examples);
      try (LocalInference inference = new LocalInference(pack, needed)) {
        return check(
            "outputs, encrypted in mode " + mode.label(),
            examples,
            tokens -> inference.run(pack, tokens),
            "engine "
                + inference.engine()
                + ", parameter set "
                + needed.get(0).parameters().name()
                + ", both halves in one process");
      }
    }

    private AgreementCheck check(
        String of,
        List<Example> examples,
        Function<TokenSequence, double[][]> pass,
        String remark) {
      double largest = 0;
      int different = 0;
      long nanos = 0;
      for (int i = 0; i < examples.size(); i++) {
        listener.work(what.title() + ", " + of, (double) i / examples.size());
        Example example = examples.get(i);
        TokenSequence tokens = new TokenSequence(example.ids(), example.segments());
        double[][] plain = plaintext.runRows(tokens.ids(), tokens.segments());
        long started = System.nanoTime();
        double[][] got = pass.apply(tokens);
        nanos += System.nanoTime() - started;
        boolean differs = false;
        for (int row : answers(example)) {
          largest = Math.max(largest, EvaluationSummary.largestDifference(plain[row], got[row]));
          differs |= Logits.best(plain[row]) != Logits.best(got[row]);
        }
        different += differs ? 1 : 0;
      }
      return new AgreementCheck(
          what.title(),
          of,
          "outputs, plaintext pass",
          examples.size(),
          largest,
          AgreementCheck.ENCRYPTED_LIMIT,
          what.classes() ? different : -1,
          nanos / 1e9 / examples.size(),
          remark);
    }

    /** The answer rows; for words, those that have a label. */
    private int[] answers(Example example) {
      return pack.manifest().shape().pooling() == Pooling.NONE
          ? IntStream.range(0, example.length())
              .filter(t -> example.targets()[t] != Example.IGNORED)
              .toArray()
          : new int[] {0};
    }

    /** Plans of the token classes that the examples need; no others are encoded. */
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

    /** Examples evenly spread over the list, without those too long for any plan. */
    private List<Example> sample(int count) {
      int longest =
          plans.stream()
              .filter(plan -> !plan.takesManyTexts())
              .mapToInt(InferencePlan::tokenClass)
              .max()
              .orElse(0);
      List<Example> fitting = what.dev().stream().filter(e -> e.length() <= longest).toList();
      int size = Math.min(count, fitting.size());
      return IntStream.range(0, size)
          .mapToObj(i -> fitting.get((int) ((long) i * fitting.size() / size)))
          .toList();
    }
  }
}
