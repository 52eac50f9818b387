package io.cipherstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.client.ClientException.Kind;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A call with a limit ends, whatever it waits for. */
@Timeout(60)
class CallLimitTest {

  private static CallLimit of(Duration most) {
    return new CallLimit(
        ClientOptions.builder(URI.create("https://localhost:1"), Path.of("unused"))
            .answerWithin(most)
            .build());
  }

  @Test
  void workThatIsNotOverIsInterruptedAndTheCallSaysSo() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                of(Duration.ofMillis(200))
                    .within(
                        () -> {
                          try {
                            return never.await(1, TimeUnit.HOURS);
                          } catch (InterruptedException e) {
                            interrupted.countDown();
                            return false;
                          }
                        }))
        .isInstanceOfSatisfying(
            ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT))
        .hasMessageContaining("0.2 s");
    assertThat(interrupted.await(50, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void resultsAndFailuresAreTheWorksOwn() {
    CallLimit limit = of(Duration.ofMinutes(1));
    assertThat(limit.within(() -> 7)).isEqualTo(7);
    ClientException failure = new ClientException(Kind.UNREACHABLE, "nobody there");
    assertThatThrownBy(
            () ->
                limit.within(
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
  }

  @Test
  void anInterruptedCallerInterruptsTheWork() {
    Thread.currentThread().interrupt();
    CountDownLatch never = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                of(Duration.ofMinutes(1))
                    .within(
                        () -> {
                          try {
                            return never.await(1, TimeUnit.HOURS);
                          } catch (InterruptedException e) {
                            return false;
                          }
                        }))
        .isInstanceOfSatisfying(
            ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LOCAL));
    assertThat(Thread.interrupted()).isTrue();
  }
}
