package io.cipherstream.server.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.cipherstream.server.metrics.ServerMetrics;
import io.cipherstream.server.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class AnswerBudgetTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir private Path folder;
  private final ServerMetrics metrics = new ServerMetrics();
  private Instant now = NOON;

  @AfterEach
  void close() {
    metrics.close();
  }

  private AnswerBudget budget(int most) throws IOException {
    return new AnswerBudget(folder.resolve("answers.json"), most, () -> now, metrics);
  }

  private static AnswerBudget.Answer take(AnswerBudget budget, String tenant, String model) {
    AnswerBudget.Answer answer = budget.take(tenant, model, 1);
    answer.recorded().toCompletableFuture().join();
    answer.given();
    answer.close();
    return answer;
  }

  @Test
  void eachTenantAndModelHasABudgetOfItsOwnUntilTheDayEnds() throws IOException {
    try (AnswerBudget budget = budget(3)) {
      for (int i = 0; i < 3; i++) {
        take(budget, "a", "m");
      }
      assertThatThrownBy(() -> budget.take("a", "m", 1))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("at most 3 in a day")
          .satisfies(
              e ->
                  assertThat(((ProblemException) e).retryAfterSeconds())
                      .isEqualTo((int) Duration.ofHours(12).toSeconds()));
      take(budget, "a", "other");
      take(budget, "b", "m");
      assertThat(budget.taken("a")).containsEntry("m", 3).containsEntry("other", 1).hasSize(2);
      now = NOON.plus(Duration.ofHours(12));
      take(budget, "a", "m");
      assertThat(budget.taken("a")).containsEntry("m", 1).hasSize(1);
    }
  }

  /** An inference that several texts share takes an answer for each of them, or none. */
  @Test
  void textsThatShareAnInferenceCountOneByOne() throws IOException {
    try (AnswerBudget budget = budget(5)) {
      AnswerBudget.Answer both = budget.take("a", "m", 2);
      both.given();
      both.close();
      budget.take("a", "m", 2).close();
      assertThat(budget.taken("a")).containsEntry("m", 2);
      assertThatThrownBy(() -> budget.take("a", "m", 4))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("a request for 4 more answers");
      AnswerBudget.Answer three = budget.take("a", "m", 3);
      three.given();
      three.close();
      assertThatThrownBy(() -> budget.take("a", "m", 1)).isInstanceOf(ProblemException.class);
      assertThat(metrics.scrape())
          .contains("he_answer_budget_alarms_total{model=\"m\",state=\"spent\"} 1");
    }
  }

  @Test
  void whatWasNotGivenComesBackOnItsOwnDay() throws IOException {
    try (AnswerBudget budget = budget(1)) {
      budget.take("a", "m", 1).close();
      AnswerBudget.Answer late = budget.take("a", "m", 1);
      now = NOON.plus(Duration.ofDays(1));
      take(budget, "a", "m");
      late.close();
      assertThatThrownBy(() -> budget.take("a", "m", 1)).isInstanceOf(ProblemException.class);
    }
  }

  /** As after a crash: the file alone is left. */
  @Test
  void aRestartGivesNothingBack() throws IOException {
    try (AnswerBudget budget = budget(250)) {
      for (int i = 0; i < 7; i++) {
        take(budget, "a", "m");
      }
      try (AnswerBudget again = budget(250)) {
        assertThat(again.taken("a").get("m")).as("at most a hundredth more").isBetween(7, 8);
      }
    }
    now = NOON.plus(Duration.ofDays(1));
    try (AnswerBudget next = budget(250)) {
      assertThat(next.taken("a")).isEmpty();
    }
    Files.writeString(folder.resolve("answers.json"), "{");
    assertThatThrownBy(() -> budget(250))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("answers.json is damaged");
  }

  @Test
  void nearlyAndWhollySpentIsTold() throws IOException {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(AnswerBudget.class);
    log.start();
    logger.addAppender(log);
    try (AnswerBudget budget = budget(10)) {
      for (int i = 0; i < 10; i++) {
        take(budget, "a", "m");
      }
      assertThat(log.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .containsExactly(
              "tenant a has had 8 of today's 10 answers of model m"
                  + " (limits.sealedAnswersPerTenantPerDayMax)",
              "tenant a has had 10 of today's 10 answers of model m"
                  + " (limits.sealedAnswersPerTenantPerDayMax)");
      assertThat(metrics.scrape())
          .contains("he_answer_budget_alarms_total{model=\"m\",state=\"near\"} 1")
          .contains("he_answer_budget_alarms_total{model=\"m\",state=\"spent\"} 1")
          .contains("he_answers_today{model=\"m\",tenant=\"a\"} 10");
    } finally {
      logger.detachAppender(log);
    }
  }

  @Test
  void withoutABudgetAnswersAreCountedOnly() throws IOException {
    try (AnswerBudget budget = budget(0)) {
      for (int i = 0; i < 300; i++) {
        take(budget, "a", "m");
      }
      assertThat(budget.taken("a")).containsEntry("m", 300);
    }
    assertThat(folder.resolve("answers.json")).doesNotExist();
  }

  /** What cannot be written is not answered, and the next one tries again. */
  @Test
  void aFileThatCannotBeWrittenStopsTheAnswer() throws IOException {
    Path missing = folder.resolve("missing").resolve("answers.json");
    try (AnswerBudget budget = new AnswerBudget(missing, 5, () -> now, metrics)) {
      List<AnswerBudget.Answer> taken = new ArrayList<>();
      taken.add(budget.take("a", "m", 1));
      assertThatThrownBy(() -> taken.get(0).recorded().toCompletableFuture().join())
          .hasRootCauseInstanceOf(IOException.class);
      Files.createDirectories(missing.getParent());
      take(budget, "a", "m");
    }
  }
}
