package io.cipherstream.gateway.problem;

import java.util.Locale;

/** What kind of refusal or failure it is, with its HTTP status. */
public enum GatewayProblemKind {
  /** The body is not what the door reads, such as broken JSON. */
  MALFORMED(400),
  /** A member has a wrong type or value. */
  INVALID(400),
  /** The question itself cannot be asked: empty, too long, or not of the model's kind. */
  INPUT(400),
  /** The model gives another kind of answer than this request wants. */
  WRONG_MODEL(400),
  UNAUTHORIZED(401),
  /** A browser's page of another site asked. */
  FORBIDDEN(403),
  /** No such path. */
  NOT_FOUND(404),
  MODEL_UNKNOWN(404),
  METHOD_NOT_ALLOWED(405),
  /** The request did not arrive in time. */
  REQUEST_TIMEOUT(408),
  TOO_LARGE(413),
  MEDIA_TYPE(415),
  /** The request names a host that the gateway is not. */
  MISDIRECTED(421),
  /** Too much is waiting already. */
  OVERLOADED(429),
  /** A defect or a failure of this machine. */
  INTERNAL(500),
  /** The appliance answered, but not as the protocol says, or it refused. */
  APPLIANCE(502),
  /** The gateway stops, or no appliance can be reached. */
  UNAVAILABLE(503),
  /** There was no answer in time. */
  DEADLINE(504);

  private final int status;

  GatewayProblemKind(int status) {
    this.status = status;
  }

  public int status() {
    return status;
  }

  /** Lower-case with hyphens, for metrics and logs. */
  public String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
