package io.cipherstream.gateway.serving;

import io.cipherstream.client.ClientException;
import io.cipherstream.gateway.problem.ClientProblems;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import io.cipherstream.gateway.watch.GatewayLog;
import io.cipherstream.gateway.watch.GatewayMetrics;
import io.cipherstream.model.Question;
import io.cipherstream.model.Truncation;
import io.cipherstream.trace.Spans;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A model of the appliances, asked by a few lanes beside each other. Thread-safe. */
final class ApplianceModel implements AnsweringModel, AutoCloseable {

  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration RETRY_MAX = Duration.ofSeconds(15);
  private static final long JOIN_MILLIS = 3000;

  private final String name;
  private final HomeAppliance home;
  private final Duration answerTimeout;
  private final GatewayLog log;
  private final GatewayMetrics metrics;
  private final Spans spans;
  private final QuestionQueue queue;
  private final LanePortions portions;
  private final List<Thread> lanes = new ArrayList<>();
  private final CountDownLatch opened = new CountDownLatch(1);
  private volatile @Nullable ModelFacts facts;

  /**
   * @param first index of the appliance that is asked first
   */
  ApplianceModel(
      String name,
      List<ApplianceLink> appliances,
      int first,
      ServingOptions options,
      KeyRotation keys,
      GatewayLog log,
      GatewayMetrics metrics,
      Spans spans) {
    this.name = name;
    this.answerTimeout = options.answerTimeout();
    this.log = log;
    this.metrics = metrics;
    this.spans = spans;
    this.home = new HomeAppliance(appliances, first, this::moved);
    this.queue =
        new QuestionQueue(
            options.waitingMax(), options.window(), () -> metrics.merged(name), spans);
    this.portions = new LanePortions(queue, options.lanes());
    Object opening = new Object();
    for (int i = 0; i < options.lanes(); i++) {
      Lane lane = new Lane(name, home, opening, keys);
      boolean leads = i == 0;
      Thread thread = new Thread(() -> run(lane, leads), "gateway-" + name + "-" + i);
      thread.setDaemon(true);
      lanes.add(thread);
    }
    metrics.gauge("gateway.questions.waiting", "Questions that wait", "model", name, queue::size);
    metrics.gauge(
        "gateway.model.ready", "1 if a model can be asked", "model", name, () -> ready() ? 1 : 0);
  }

  void start() {
    lanes.forEach(Thread::start);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<ModelFacts> facts() {
    return Optional.ofNullable(facts);
  }

  @Override
  public boolean ready() {
    return facts != null && home.current().healthy();
  }

  @Override
  public CompletableFuture<ModelAnswer> ask(Question question, Truncation truncation) {
    try {
      return queue
          .add(question, truncation)
          .orTimeout(answerTimeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (GatewayProblem e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void moved() {
    metrics.moved(name);
    log.event("model-moved", Map.of("model", name));
  }

  private void run(Lane lane, boolean leads) {
    try (lane) {
      if (leads) {
        open(lane);
      }
      opened.await();
      int together = facts().map(ModelFacts::questionsTogether).orElse(1);
      for (List<QuestionQueue.Waiting> next = portions.next(together);
          next != null;
          next = portions.next(together)) {
        traced(lane, next);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tries until the model can be asked; questions wait meanwhile, up to their deadline. */
  private void open(Lane lane) throws InterruptedException {
    Duration pause = FIRST_RETRY;
    while (true) {
      try {
        facts = lane.prepare();
        opened.countDown();
        log.event("model-ready", Map.of("model", name));
        return;
      } catch (ClientException e) {
        log.failure("model-not-ready", Map.of("model", name), e);
      } catch (RuntimeException e) {
        log.failure("model-failed", Map.of("model", name), e);
      }
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      Duration twice = pause.multipliedBy(2);
      pause = twice.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : twice;
    }
  }

  /** In the span of the request that came first; it names the others. */
  private void traced(Lane lane, List<QuestionQueue.Waiting> questions) {
    SpanBuilder span =
        spans
            .span("answer")
            .setParent(questions.get(0).first())
            .setAttribute(Spans.MODEL, name)
            .setAttribute(Spans.TEXTS, (long) questions.size());
    questions.forEach(question -> question.link(span));
    Spans.run(span.startSpan(), () -> answer(lane, questions));
  }

  private void answer(Lane lane, List<QuestionQueue.Waiting> questions) {
    List<QuestionQueue.Waiting> left = new ArrayList<>(questions);
    try {
      lane.ask(
          questions,
          new Lane.Answers() {
            private int sharing; // answers to come of an inference that was counted

            @Override
            public void answered(QuestionQueue.Waiting question, ModelAnswer answer) {
              left.remove(question);
              if (sharing > 0) {
                sharing--;
                metrics.tokens(name, answer.report().tokens());
              } else {
                metrics.inference(name, answer.report());
                sharing = answer.report().texts() - 1;
              }
              question.answer(answer);
            }

            @Override
            public void refused(QuestionQueue.Waiting question, ClientException why) {
              left.remove(question);
              question.fail(ClientProblems.of(why));
            }
          });
    } catch (ClientException e) {
      Spans.failed(Span.current(), e);
      if (ClientProblems.isOfTheAppliance(e)) {
        log.failure("inference-failed", Map.of("model", name), e);
      }
      left.forEach(question -> question.fail(ClientProblems.of(e)));
    } catch (RuntimeException | Error e) {
      Spans.failed(Span.current(), e);
      log.failure("inference-failed", Map.of("model", name), e);
      GatewayProblem failed =
          GatewayProblem.of(
              GatewayProblemKind.INTERNAL, "the gateway failed; its log has the place", e);
      left.forEach(question -> question.fail(failed));
      if (e instanceof VirtualMachineError fatal) {
        throw fatal;
      }
    }
  }

  @Override
  public void close() {
    queue.close(
        GatewayProblem.of(GatewayProblemKind.UNAVAILABLE, "the gateway is stopping").retryAfter(5));
    lanes.forEach(Thread::interrupt);
    try {
      for (Thread lane : lanes) {
        lane.join(JOIN_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
