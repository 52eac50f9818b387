package io.cipherstream.cli.gateway;

import io.cipherstream.gateway.door.GatewayLimits;
import io.cipherstream.gateway.serving.ServingOptions;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Options that bound what callers of the gateway may take, and how models are asked. */
final class ServingChoices {

  @Option(
      names = "--lanes",
      paramLabel = "N",
      description = "Inferences of one model at one time; default: ${DEFAULT-VALUE}.",
      defaultValue = "2")
  private int lanes;

  @Option(
      names = "--window-millis",
      paramLabel = "N",
      description =
          "How long a question waits for the same question of other callers, which it then shares"
              + " its answer with; default: ${DEFAULT-VALUE}.",
      defaultValue = "3")
  private int windowMillis;

  @Option(
      names = "--answer-seconds",
      paramLabel = "N",
      description = "Longest time to an answer; default: ${DEFAULT-VALUE}.",
      defaultValue = "300")
  private int answerSeconds;

  @Option(
      names = "--key-days",
      paramLabel = "N",
      description = "Age at which a secret key is replaced; default: ${DEFAULT-VALUE}.",
      defaultValue = "90")
  private int keyDays;

  @Option(
      names = "--max-waiting",
      paramLabel = "N",
      description = "Questions of one model that may wait; default: ${DEFAULT-VALUE}.",
      defaultValue = "256")
  private int waitingMax;

  @Option(
      names = "--max-texts",
      paramLabel = "N",
      description = "Texts in one request; default: ${DEFAULT-VALUE}.",
      defaultValue = "64")
  private int textsMax;

  @Option(
      names = "--max-body-bytes",
      paramLabel = "N",
      description = "Bytes of one request; default: ${DEFAULT-VALUE}.",
      defaultValue = "1048576")
  private int bodyBytesMax;

  @Option(
      names = "--max-requests",
      paramLabel = "N",
      description = "Requests at one time; default: ${DEFAULT-VALUE}.",
      defaultValue = "128")
  private int requestsMax;

  /**
   * @throws IllegalArgumentException if one is not positive
   */
  ServingOptions serving() {
    ServingOptions defaults = ServingOptions.DEFAULTS;
    return new ServingOptions(
        lanes,
        waitingMax,
        Duration.ofMillis(windowMillis),
        Duration.ofSeconds(answerSeconds),
        defaults.healthEvery(),
        Duration.ofDays(keyDays));
  }

  /**
   * @throws IllegalArgumentException if one is not positive
   */
  GatewayLimits limits() {
    GatewayLimits defaults = GatewayLimits.DEFAULTS;
    return new GatewayLimits(
        bodyBytesMax,
        textsMax,
        defaults.textCharactersMax(),
        requestsMax,
        defaults.connectionsMax(),
        defaults.bodySeconds(),
        defaults.idleSeconds(),
        defaults.replySeconds(),
        defaults.drainSeconds());
  }
}
