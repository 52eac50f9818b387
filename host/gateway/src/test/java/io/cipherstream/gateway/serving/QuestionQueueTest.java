package io.cipherstream.gateway.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.client.InferenceReport;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import io.cipherstream.model.Question;
import io.cipherstream.model.Truncation;
import io.cipherstream.trace.Spans;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Questions wait in their order, the same ones together, only so many, and nobody's no longer. */
class QuestionQueueTest {

  private static final Question A = new Question.Text("a");
  private static final Question B = new Question.Text("b");

  private final AtomicInteger merged = new AtomicInteger();
  private final QuestionQueue queue =
      new QuestionQueue(
          2, Duration.ofMillis(1), merged::incrementAndGet, new Spans(OpenTelemetry.noop()));

  @Test
  void theSameQuestionIsAnsweredOnce() throws Exception {
    CompletableFuture<ModelAnswer> first = queue.add(A, Truncation.REFUSE);
    CompletableFuture<ModelAnswer> other = queue.add(B, Truncation.REFUSE);
    CompletableFuture<ModelAnswer> same = queue.add(new Question.Text("a"), Truncation.REFUSE);
    assertThat(merged).hasValue(1);
    assertThat(queue.size()).isEqualTo(2);
    QuestionQueue.Waiting taken = queue.take();
    assertThat(taken.question()).isEqualTo(A);
    ModelAnswer answer = answer();
    taken.answer(answer);
    assertThat(first).isCompletedWithValue(answer);
    assertThat(same).isCompletedWithValue(answer);
    assertThat(other).isNotDone();
    assertThat(queue.take().question()).isEqualTo(B);
    CompletableFuture<ModelAnswer> later = queue.add(A, Truncation.REFUSE);
    assertThat(later).isNotDone();
    assertThat(merged).hasValue(1);
  }

  @Test
  void anotherTruncationIsAnotherQuestion() {
    CompletableFuture<ModelAnswer> refuse = queue.add(A, Truncation.REFUSE);
    CompletableFuture<ModelAnswer> cut = queue.add(A, Truncation.CUT);
    assertThat(queue.size()).isEqualTo(2);
    assertThat(List.of(refuse, cut)).noneMatch(CompletableFuture::isDone);
  }

  @Test
  void aFullQueueRefusesButNotForQuestionsThatNobodyWants() throws Exception {
    CompletableFuture<ModelAnswer> first = queue.add(A, Truncation.REFUSE);
    CompletableFuture<ModelAnswer> second = queue.add(B, Truncation.REFUSE);
    Question c = new Question.Text("c");
    assertThatThrownBy(() -> queue.add(c, Truncation.REFUSE))
        .isInstanceOfSatisfying(
            GatewayProblem.class,
            problem -> {
              assertThat(problem.kind()).isEqualTo(GatewayProblemKind.OVERLOADED);
              assertThat(problem.retryAfterSeconds()).hasValue(1);
            });
    first.cancel(false);
    CompletableFuture<ModelAnswer> third = queue.add(c, Truncation.REFUSE);
    assertThat(queue.take().question()).isEqualTo(B);
    assertThat(queue.take().question()).isEqualTo(c);
    assertThat(List.of(second, third)).noneMatch(CompletableFuture::isDone);
  }

  @Test
  void aClosedQueueFailsWhatWaits() throws Exception {
    CompletableFuture<ModelAnswer> waiting = queue.add(A, Truncation.REFUSE);
    GatewayProblem reason = GatewayProblem.of(GatewayProblemKind.UNAVAILABLE, "over");
    queue.close(reason);
    assertThat(waiting).isCompletedExceptionally();
    assertThat(queue.take()).isNull();
    assertThatThrownBy(() -> queue.add(B, Truncation.REFUSE)).isSameAs(reason);
  }

  @Test
  void whatWaitsBehindTheFirstCanBeAskedWithIt() throws Exception {
    CompletableFuture<ModelAnswer> first = queue.add(A, Truncation.REFUSE);
    CompletableFuture<ModelAnswer> second = queue.add(B, Truncation.REFUSE);
    assertThat(queue.take().question()).isEqualTo(A);
    assertThat(queue.rest(1, 0)).as("no more than are asked for").isEmpty();
    assertThat(queue.rest(2, 9)).as("too few to be asked together").isEmpty();
    List<QuestionQueue.Waiting> rest = queue.rest(1, 9);
    assertThat(rest).extracting(QuestionQueue.Waiting::question).containsExactly(B);
    assertThat(queue.size()).isZero();
    rest.get(0).answer(answer());
    assertThat(second).isCompleted();
    assertThat(first).isNotDone();
    CompletableFuture<ModelAnswer> gone = queue.add(A, Truncation.REFUSE);
    gone.cancel(false);
    assertThat(queue.rest(1, 9)).as("nobody wants it any more").isEmpty();
  }

  private static ModelAnswer answer() {
    return new ModelAnswer(
        List.of(List.of(1.0)),
        List.of(0),
        new InferenceReport(
            "sealed", "seal", List.of(), 3, 0, 0, 16, 0, 1, 1, 0, 0, 0, 0, 0, 1, List.of()));
  }
}
