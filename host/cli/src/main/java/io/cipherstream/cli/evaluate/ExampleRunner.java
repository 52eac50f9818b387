package io.cipherstream.cli.evaluate;

import io.cipherstream.cli.appliance.ChosenAppliance;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.client.Answer;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.ClientModel;
import io.cipherstream.client.InferenceReport;
import io.cipherstream.model.EncodedQuestion;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.Question;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ModelPlans;
import io.cipherstream.transformer.Simulation;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A way to compute a model's answers; {@code evaluate} measures it. */
public interface ExampleRunner extends AutoCloseable {

  /**
   * The answer to one question.
   *
   * @param rows the model's answers, one row of outputs, or for words one per word; not to be
   *     changed
   * @param serverSeconds time waited for the appliance, transfer included; for plaintext and
   *     simulate, the computation
   * @param computeSeconds the appliance's steps on ciphertexts; 0 for plaintext and simulate
   * @param clientSeconds the client's time; 0 for plaintext and simulate
   * @param engine what computed
   * @param enginesFailed engines that failed before
   * @param texts how many shared the inference, of whose bytes and times this has its share
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Result(
      double[][] rows,
      double serverSeconds,
      double computeSeconds,
      double clientSeconds,
      double totalSeconds,
      long bytesUp,
      long bytesDown,
      long keyBytes,
      int rounds,
      String engine,
      List<String> enginesFailed,
      int texts) {}

  Result run(Question question, EncodedQuestion tokens);

  /** Hears of the answers to several questions, in order. */
  interface Results {
    void add(int index, Result result);
  }

  /**
   * Answers several questions, which share inferences where that costs less; a result has its share
   * of bytes and times.
   *
   * @return false if this runner shares nothing, and nothing was done
   */
  default boolean runAll(List<Question> questions, Results results) {
    return false;
  }

  /** Peak memory of the appliance's process in bytes, if there is one and the system reports it. */
  default Optional<Long> serverMemoryBytes() {
    return Optional.empty();
  }

  /** The appliance's metrics as text, if there is one. */
  default Optional<String> metrics() {
    return Optional.empty();
  }

  @Override
  void close();

  private static Result timed(long started, double[][] rows, String engine) {
    double seconds = (System.nanoTime() - started) / 1e9;
    return new Result(rows, seconds, 0, 0, seconds, 0, 0, 0, 0, engine, List.of(), 1);
  }

  /** The float64 forward pass. */
  final class Plaintext implements ExampleRunner {
    private final PlainPass pass;

    Plaintext(PlainPass pass) {
      this.pass = pass;
    }

    @Override
    public Result run(Question question, EncodedQuestion tokens) {
      long started = System.nanoTime();
      TokenSequence read = tokens.tokens();
      return timed(
          started,
          tokens.answers(pass.runRows(read.ids(), read.segments())),
          EvaluateCommand.PLAINTEXT);
    }

    @Override
    public void close() {}
  }

  /** The encrypted program on plain slots: packing, levels and scales. */
  final class Simulated implements ExampleRunner {
    private final InferenceMode mode;
    private final ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    private final Simulation simulation;

    /**
     * @param noise whether to add errors like those of encryption, drawn anew each time
     * @throws CliException of kind BAD_INPUT if there are no such errors for the model's parameters
     */
    Simulated(ModelPackage model, InferenceMode mode, boolean noise) {
      this.mode = mode;
      List<InferencePlan> plans = ModelPlans.of(model.manifest(), mode);
      this.simulation = noise ? noisy(plans, model) : Simulation.of(plans, model, workers);
    }

    private Simulation noisy(List<InferencePlan> plans, ModelPackage model) {
      try {
        return Simulation.withNoise(plans, model, workers, new Random().nextLong());
      } catch (IllegalArgumentException e) {
        workers.shutdownNow();
        throw CliException.badInput("--noise: " + e.getMessage());
      }
    }

    @Override
    public Result run(Question question, EncodedQuestion tokens) {
      long started = System.nanoTime();
      return timed(
          started,
          tokens.answers(simulation.runRows(mode, tokens.tokens())),
          EvaluateCommand.SIMULATE);
    }

    @Override
    public void close() {
      simulation.close();
      workers.shutdownNow();
    }
  }

  /** The encrypted inference, over the network. */
  final class Encrypted implements ExampleRunner {
    private final ChosenAppliance appliance;
    private final CipherstreamClient client;
    private final ClientModel model;

    Encrypted(ChosenAppliance appliance, String name, InferenceMode mode) {
      this.appliance = appliance;
      this.client = appliance.connect();
      this.model = client.model(name, Optional.of(mode.label()));
    }

    @Override
    public Result run(Question question, EncodedQuestion tokens) {
      return result(model.ask(question));
    }

    @Override
    public boolean runAll(List<Question> questions, Results results) {
      if (model.questionsTogether() == 1) {
        return false;
      }
      model.askAll(questions, (i, answer) -> results.add(i, result(answer)));
      return true;
    }

    private static Result result(Answer answer) {
      InferenceReport report = answer.report();
      int texts = report.texts();
      return new Result(
          answer.rows().stream()
              .map(row -> row.stream().mapToDouble(Double::doubleValue).toArray())
              .toArray(double[][]::new),
          report.serverSeconds() / texts,
          report.computeSeconds() / texts,
          report.clientSeconds() / texts,
          report.totalSeconds() / texts,
          report.bytesUp() / texts,
          report.bytesDown() / texts,
          report.keyBytes(),
          report.rounds(),
          report.engine(),
          report.enginesFailed(),
          texts);
    }

    @Override
    public Optional<String> metrics() {
      return Optional.of(client.metrics());
    }

    @Override
    public Optional<Long> serverMemoryBytes() {
      return appliance.peakMemoryBytes();
    }

    @Override
    public void close() {
      client.close();
      appliance.close();
    }
  }
}
