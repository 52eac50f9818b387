package io.cipherstream.server.problem;

import java.util.Arrays;
import java.util.Optional;

/** Stable problem types; {@code urn:cipherstream:problem:<slug>}. */
public enum ProblemType {
  UNAUTHORIZED("unauthorized", 401, "API key missing or unknown"),
  NOT_FOUND("not-found", 404, "No such resource"),
  METHOD_NOT_ALLOWED("method-not-allowed", 405, "Method not allowed here"),
  REQUEST_INVALID("request-invalid", 400, "Request does not follow the contract"),
  UNSUPPORTED_MEDIA_TYPE("unsupported-media-type", 415, "Not a content type of this operation"),
  IDEMPOTENCY_MISMATCH("idempotency-mismatch", 422, "Idempotency-Key of another request"),
  REQUEST_IN_PROGRESS("request-in-progress", 409, "First request not answered yet"),
  UPLOAD_OFFSET("upload-offset", 409, "The upload does not go on there"),
  UPGRADE_REQUIRED("upgrade-required", 426, "Only as a WebSocket"),
  LENGTH_REQUIRED("length-required", 411, "Content-Length is needed"),
  TOO_LARGE("too-large", 413, "Longer than allowed"),
  MODEL_UNKNOWN("model-unknown", 404, "No such model"),
  MODEL_LEFT_OUT("model-left-out", 503, "The appliance could not load this model"),
  MODE_UNSUPPORTED("mode-unsupported", 422, "The model does not have this mode"),
  TOKEN_CLASS_UNSUPPORTED("token-class-unsupported", 422, "The model does not have this class"),
  PARAMS_REJECTED("params-rejected", 422, "Not a parameter set of this model"),
  PLAN_MISMATCH("plan-mismatch", 409, "Client and appliance plan differently"),
  SESSION_UNKNOWN("session-unknown", 404, "No such session"),
  SESSION_EXPIRED("session-expired", 410, "Session expired"),
  SESSION_UNREACHABLE("session-unreachable", 410, "The node with this session is away"),
  NODE_LOST("node-lost", 503, "The node with this session did not answer"),
  TRACK_UNKNOWN("track-unknown", 404, "No such track"),
  TRACK_INCOMPLETE("track-incomplete", 409, "Ciphertexts of the track are missing"),
  JOB_UNKNOWN("job-unknown", 404, "No such job"),
  JOB_UNFINISHED("job-unfinished", 409, "The job is not over yet"),
  JOB_LOST("job-lost", 410, "The appliance stopped before the job was over"),
  KEY_UNEXPECTED("key-unexpected", 422, "Key not needed"),
  KEY_MISSING("key-missing", 409, "Keys are missing"),
  KEY_MISMATCH("key-mismatch", 422, "Key of another session or key pair"),
  KEY_INVALID("key-invalid", 422, "Not a valid key"),
  CIPHERTEXT_INVALID("ciphertext-invalid", 422, "Not a valid ciphertext"),
  LEVEL_EXHAUSTED("level-exhausted", 422, "Ciphertext at the wrong level"),
  ROUND_REPLAYED("round-replayed", 409, "Sent before"),
  ROUND_OUT_OF_ORDER("round-out-of-order", 409, "Not due yet"),
  QUOTA_EXCEEDED("quota-exceeded", 429, "Tenant over its share"),
  RATE_LIMITED("rate-limited", 429, "Too many requests"),
  OVERLOADED("overloaded", 503, "Appliance at its limit"),
  STORAGE_FULL("storage-full", 507, "No room to store keys"),
  DEADLINE_EXCEEDED("deadline-exceeded", 408, "Waited too long"),
  NOT_READY("not-ready", 503, "Models are still being loaded"),
  SHUTTING_DOWN("shutting-down", 503, "Appliance is stopping"),
  INTERNAL("internal", 500, "The appliance failed");

  private final String slug;
  private final int status;
  private final String title;

  ProblemType(String slug, int status, String title) {
    this.slug = slug;
    this.status = status;
    this.title = title;
  }

  /** The type of that slug. */
  static Optional<ProblemType> of(String slug) {
    return Arrays.stream(values()).filter(type -> type.slug.equals(slug)).findFirst();
  }

  public String slug() {
    return slug;
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  /** Close code of a WebSocket that ends with this problem. */
  public short closeCode() {
    return switch (this) {
      case DEADLINE_EXCEEDED -> 4408;
      case QUOTA_EXCEEDED, RATE_LIMITED -> 4429;
      case OVERLOADED, NOT_READY, SHUTTING_DOWN, NODE_LOST -> 4503;
      case INTERNAL, STORAGE_FULL -> 4500;
      default -> 4400;
    };
  }
}
