package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.cipherstream.ckks.HostCiphertext;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Changed messages of every kind against a running appliance. A long run: {@code
 * -Dtest=ProtocolFuzzIT -Dsurefire.argLine="-Dcipherstream.fuzz.mutations=100000
 * -Dcipherstream.seed=1"}.
 */
class ProtocolFuzzIT {

  private static final long SEED = Long.getLong("cipherstream.seed", System.nanoTime());
  private static final int MUTATIONS = Integer.getInteger("cipherstream.fuzz.mutations", 400);
  private static final int PROGRESS = 1000;
  private static final String[] LIMITS = {
    "limits.sessionsPerTenantMax=2000000",
    "limits.keyBytesPerTenantMax=" + Long.MAX_VALUE / 4,
    "limits.inferencesPerTenantMax=60",
    "limits.sealedAnswersPerTenantPerDayMax=0",
    "limits.requestDeadlineSeconds=5"
  };

  @TempDir private Path folder;

  private LoopbackModel model() throws Exception {
    return new LoopbackModel(Files.writeString(folder.resolve("client.zip"), "zip"), 1);
  }

  @Test
  void noMutationBreaksTheAppliance() throws Exception {
    System.out.println("ProtocolFuzzIT seed " + SEED + ", " + MUTATIONS + " mutations");
    LoopbackModel model = model();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger("io.cipherstream");
    log.start();
    logger.addAppender(log);
    try (TestServer server = TestServer.loopback(folder.resolve("data"), model, LIMITS)) {
      TestClient client = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      ProtocolFuzzer fuzzer = new ProtocolFuzzer(client, SEED);
      ProtocolFuzzer.Kind[] kinds = ProtocolFuzzer.Kind.values();
      for (int i = 0; i < MUTATIONS; i++) {
        fuzzer.mutate(kinds[i % kinds.length]);
        if (i % PROGRESS == PROGRESS - 1) {
          System.out.println("ProtocolFuzzIT " + (i + 1) + " mutations");
        }
      }
      System.out.println("ProtocolFuzzIT " + fuzzer.outcomes());
      assertThat(fuzzer.count(ProtocolFuzzer.Kind.KEY, "422"))
          .as("changed keys that were looked at and refused")
          .isGreaterThan(MUTATIONS / 20);
      assertThat(fuzzer.count(ProtocolFuzzer.Kind.SIGNED_CIPHERTEXT, "round"))
          .as("signed ciphertexts whose words stayed below their primes")
          .isPositive();
      assertThat(fuzzer.count(ProtocolFuzzer.Kind.INFER_ENVELOPE, "422"))
          .as("changed envelopes of requests that were looked at and refused")
          .isGreaterThan(MUTATIONS / 20);
      assertThat(fuzzer.count(ProtocolFuzzer.Kind.SIGNED_INFER_ENVELOPE, "200"))
          .as("signed envelopes of requests whose words stayed below their primes")
          .isPositive();
      TestClient other = server.client(TestServer.KEY_B).createSession("loopback").uploadKeys();
      try (TestSocket s = other.socket().start()) {
        s.inputs();
        s.text("round");
      }
      Eventually.holds(() -> model.openComputations.get() == 0, "all computations are freed");
      Eventually.holds(() -> HostCiphertext.open() == 0, "all ciphertexts are freed");
      Eventually.holds(() -> server.appliance.connections() <= 1, "all connections are freed");
    } finally {
      logger.detachAppender(log);
    }
    assertThat(log.list)
        .as("what the appliance logged as its own failure, seed %d", SEED)
        .noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.ERROR));
  }

  /** An engine that fails on some seeds: what a missing check before native code looks like. */
  @Test
  void aPlantedFaultIsFound() throws Exception {
    LoopbackModel model = model();
    model.plantedFault = true;
    try (TestServer server = TestServer.loopback(folder.resolve("data"), model, LIMITS)) {
      TestClient client = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      ProtocolFuzzer fuzzer = new ProtocolFuzzer(client, 1);
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 2000; i++) {
                  fuzzer.mutate(ProtocolFuzzer.Kind.SIGNED_CIPHERTEXT);
                }
              })
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("internal");
    }
  }
}
