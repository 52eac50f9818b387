package io.cipherstream.gateway.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.client.InferenceReport;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import io.cipherstream.model.Question;
import io.cipherstream.model.Truncation;
import io.cipherstream.trace.Spans;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Lanes take what an inference holds, and none takes the work of the others. */
class LanePortionsTest {

  private static final int LANES = 2;

  private final QuestionQueue queue =
      new QuestionQueue(512, Duration.ZERO, () -> {}, new Spans(OpenTelemetry.noop()));
  private final LanePortions portions = new LanePortions(queue, LANES);

  /** Two short texts an inference, as a CQ in mode sealed has it. */
  @Test
  void everyLaneHasWorkWhereAnInferenceHoldsTwo() throws Exception {
    List<CompletableFuture<ModelAnswer>> askers = ask(80);
    List<Integer> sizes = serve(2);
    assertThat(askers).allMatch(CompletableFuture::isDone);
    assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(80);
    assertThat(sizes).allMatch(size -> size <= 2);
    assertThat(sizes.stream().filter(size -> size == 2).count())
        .as("questions that share an inference, until there is one for each lane")
        .isGreaterThanOrEqualTo(38);
  }

  @Test
  void everyLaneHasWorkWhereAnInferenceHoldsMany() throws Exception {
    List<CompletableFuture<ModelAnswer>> askers = ask(300);
    List<Integer> sizes = serve(128);
    assertThat(askers).allMatch(CompletableFuture::isDone);
    assertThat(sizes).allMatch(size -> size <= 128).contains(128);
  }

  @Test
  void aFewQuestionsAreDivided() throws Exception {
    List<CompletableFuture<ModelAnswer>> askers = ask(2);
    assertThat(serve(2)).containsExactly(1, 1);
    assertThat(askers).allMatch(CompletableFuture::isDone);
  }

  @Test
  void eachIsAloneWhereNoInferenceIsShared() throws Exception {
    List<CompletableFuture<ModelAnswer>> askers = ask(70);
    assertThat(serve(1)).hasSize(70).containsOnly(1);
    assertThat(askers).allMatch(CompletableFuture::isDone);
  }

  private List<CompletableFuture<ModelAnswer>> ask(int questions) {
    return IntStream.range(0, questions)
        .mapToObj(i -> queue.add(new Question.Text("text " + i), Truncation.REFUSE))
        .toList();
  }

  /**
   * Lets all lanes answer what waits. Each has one inference to do at a time, and the first ones
   * end only when every lane has one: a lane that took everything would wait for ever.
   */
  private List<Integer> serve(int together) throws Exception {
    ConcurrentLinkedQueue<Integer> sizes = new ConcurrentLinkedQueue<>();
    CyclicBarrier begun = new CyclicBarrier(LANES);
    ExecutorService lanes = Executors.newFixedThreadPool(LANES);
    try {
      List<Future<Integer>> running = new ArrayList<>();
      for (int i = 0; i < LANES; i++) {
        running.add(lanes.submit(() -> lane(together, sizes, begun)));
      }
      while (queue.size() > 0 && running.stream().noneMatch(Future::isDone)) {
        Thread.onSpinWait();
      }
      queue.close(GatewayProblem.of(GatewayProblemKind.UNAVAILABLE, "over"));
      for (Future<Integer> lane : running) {
        assertThat(lane.get(10, TimeUnit.SECONDS)).as("portions of a lane").isPositive();
      }
      return List.copyOf(sizes);
    } finally {
      lanes.shutdownNow();
    }
  }

  private int lane(int together, ConcurrentLinkedQueue<Integer> sizes, CyclicBarrier begun)
      throws Exception {
    int served = 0;
    for (List<QuestionQueue.Waiting> portion = portions.next(together);
        portion != null;
        portion = portions.next(together)) {
      if (served++ == 0) {
        int unused = begun.await(5, TimeUnit.SECONDS);
      }
      sizes.add(portion.size());
      portion.forEach(question -> question.answer(answer()));
    }
    return served;
  }

  private static ModelAnswer answer() {
    return new ModelAnswer(
        List.of(List.of(1.0)),
        List.of(0),
        new InferenceReport(
            "sealed", "seal", List.of(), 3, 0, 0, 16, 0, 1, 1, 0, 0, 0, 0, 0, 1, List.of()));
  }
}
