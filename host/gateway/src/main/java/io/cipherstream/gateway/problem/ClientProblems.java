package io.cipherstream.gateway.problem;

import io.cipherstream.client.ClientException;
import io.cipherstream.client.ServerProblemException;

/** Failures of the client SDK as the gateway's problems. */
public final class ClientProblems {

  private static final int RETRY_SECONDS = 5;

  private ClientProblems() {}

  /** The problem for a failure; the caller reads no path or address of this machine in it. */
  public static GatewayProblem of(ClientException failure) {
    String message = String.valueOf(failure.getMessage());
    return switch (failure.kind()) {
      case INPUT_EMPTY, INPUT_TOO_LONG, INPUT_UNSUPPORTED ->
          GatewayProblem.of(GatewayProblemKind.INPUT, message, failure);
      case MODEL_UNKNOWN, MODE_UNSUPPORTED, UNREACHABLE, UNTRUSTED ->
          GatewayProblem.of(
                  GatewayProblemKind.UNAVAILABLE,
                  "no appliance can answer for this model now; the gateway's log has the reason",
                  failure)
              .retryAfter(RETRY_SECONDS);
      case REFUSED -> refused(failure);
      case PROTOCOL ->
          GatewayProblem.of(
              GatewayProblemKind.APPLIANCE,
              "the appliance's answer cannot be used; the gateway's log has the reason",
              failure);
      case TIMEOUT ->
          GatewayProblem.of(
              GatewayProblemKind.DEADLINE, "the appliance did not answer in time", failure);
      case KEY_FILE, LOCAL ->
          GatewayProblem.of(
              GatewayProblemKind.INTERNAL,
              "the gateway could not use its keys or this machine; its log has the reason",
              failure);
    };
  }

  private static GatewayProblem refused(ClientException failure) {
    if (failure instanceof ServerProblemException refused) {
      int status = refused.problem().status();
      if (status == 429 || status == 503) {
        return GatewayProblem.of(
                GatewayProblemKind.OVERLOADED,
                "the appliance takes no more work now ("
                    + refused.problem().slug()
                    + "); try again later",
                failure)
            .retryAfter(refused.problem().retryAfterSeconds().orElse(RETRY_SECONDS));
      }
      return GatewayProblem.of(
          GatewayProblemKind.APPLIANCE,
          "the appliance refused: " + refused.problem().slug(),
          failure);
    }
    return GatewayProblem.of(GatewayProblemKind.APPLIANCE, "the appliance refused", failure);
  }

  /**
   * Whether the failure says nothing of the question, so that its message may be logged and another
   * appliance may be asked.
   */
  public static boolean isOfTheAppliance(ClientException failure) {
    return switch (failure.kind()) {
      case INPUT_EMPTY, INPUT_TOO_LONG, INPUT_UNSUPPORTED -> false;
      default -> true;
    };
  }
}
