package io.cipherstream.server.jobs;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.cipherstream.server.session.SessionInfo;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stored description of a job.
 *
 * @param id 32 hexadecimal digits
 * @param inference id of the inference, 32 hexadecimal digits
 * @param created seconds since 1970
 * @param ended the same; 0 while it is not over
 * @param bytes of the answer, or those that it will have at most
 * @param headerBytes of the JSON in front of it
 * @param problem why there is no answer; null if there is one, or may still be
 * @param idempotency the key of the request, if it had one
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record JobInfo(
    String id,
    String tenant,
    String session,
    String model,
    String inference,
    long created,
    long ended,
    long bytes,
    int headerBytes,
    @Nullable Map<String, Object> problem,
    SessionInfo.@Nullable Idempotency idempotency) {

  /** The same with its answer. */
  JobInfo answered(long when, long answerBytes, int jsonBytes) {
    return new JobInfo(
        id,
        tenant,
        session,
        model,
        inference,
        created,
        when,
        answerBytes,
        jsonBytes,
        null,
        idempotency);
  }

  /** The same without an answer. */
  JobInfo failed(long when, Map<String, Object> why) {
    return new JobInfo(
        id, tenant, session, model, inference, created, when, 0, 0, why, idempotency);
  }
}
