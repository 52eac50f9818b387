package io.cipherstream.server.tenant;

/**
 * One line of the audit log. None of it is payload.
 *
 * @param tenant who; {@code -} without a known API key
 * @param key name of the API key that was used; {@code -} if there is none
 * @param address where from
 * @param action what: an operation of openapi.yaml, {@code inference}, or a verb of the
 *     administration
 * @param object on what: a session, a model, a track; {@code -} if on nothing in particular
 * @param outcome {@code ok}, {@code cancelled} or a problem's slug
 * @param request id of the request, as in its answer's {@code X-Request-Id}; of an inference its
 *     own
 */
public record AuditEntry(
    String tenant,
    String key,
    String address,
    String action,
    String object,
    String outcome,
    String request) {

  /** Stands for what is not there. */
  public static final String NONE = "-";

  /** The entry of an inference on the connection whose opening this is. */
  public AuditEntry inference(String id, String ended) {
    return new AuditEntry(tenant, key, address, "inference", object, ended, id);
  }
}
