package io.cipherstream.gateway;

import io.cipherstream.client.ClientException;
import io.cipherstream.client.InferenceReport;
import io.cipherstream.gateway.problem.ClientProblems;
import io.cipherstream.gateway.serving.AnsweringModel;
import io.cipherstream.gateway.serving.ModelAnswer;
import io.cipherstream.gateway.serving.ModelFacts;
import io.cipherstream.model.EncodedQuestion;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.ModelTask;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.Question;
import io.cipherstream.model.QuestionEncoder;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.model.Truncation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A model that computes its answers here, in plaintext, so that the doors can be tested without
 * encryption. It can be made to wait.
 */
public final class PlaintextModel implements AnsweringModel, AutoCloseable {

  private final String name;
  private final ModelFacts facts;
  private final QuestionEncoder questions;
  private final PlaintextTransformer pass;
  private final AtomicInteger asked = new AtomicInteger();
  private final Semaphore mayAnswer = new Semaphore(Integer.MAX_VALUE);
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "plaintext");
            thread.setDaemon(true);
            return thread;
          });

  public PlaintextModel(String name, ImportedModel model) {
    this.name = name;
    ModelShape shape = model.encoder().shape();
    this.questions =
        new QuestionEncoder(model.tokenizer(), shape, model.embeddings().segments(), model.task());
    this.pass = new PlaintextTransformer(model.encoder(), model.embeddings());
    Optional<ModelTask.Input> input = Optional.ofNullable(questions.input());
    this.facts = new ModelFacts("hybrid", shape, input, shape.positions(), Map.of(), 1);
  }

  /** Waits until it has been asked so often. */
  void awaitAsked(int times) {
    while (asked.get() < times) {
      Thread.onSpinWait();
    }
  }

  /** From now on answers wait. */
  void hold() {
    mayAnswer.drainPermits();
  }

  /** Answers wait no longer. */
  void release() {
    mayAnswer.release(Integer.MAX_VALUE);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<ModelFacts> facts() {
    return Optional.of(facts);
  }

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public CompletableFuture<ModelAnswer> ask(Question question, Truncation truncation) {
    asked.incrementAndGet();
    return CompletableFuture.supplyAsync(() -> answer(question, truncation), worker);
  }

  /** The answer itself. */
  public ModelAnswer answer(Question question, Truncation truncation) {
    mayAnswer.acquireUninterruptibly();
    mayAnswer.release();
    EncodedQuestion encoded;
    try {
      encoded = questions.encode(question, truncation);
    } catch (ModelException e) {
      throw ClientProblems.of(
          new ClientException(ClientException.Kind.INPUT_TOO_LONG, e.getMessage(), e));
    }
    TokenSequence tokens = encoded.tokens();
    double[][] rows = encoded.answers(pass.runRows(tokens.ids(), tokens.segments()));
    List<List<Double>> answers =
        Stream.of(rows).map(row -> Arrays.stream(row).boxed().toList()).toList();
    return new ModelAnswer(
        answers,
        Arrays.stream(encoded.words()).boxed().toList(),
        new InferenceReport(
            "hybrid",
            "none",
            List.of(),
            tokens.length(),
            0,
            0,
            16,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            1,
            List.of()));
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
