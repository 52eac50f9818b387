package io.cipherstream.client;

import io.cipherstream.ckks.RoundlessPlan;
import io.cipherstream.trace.Spans;
import io.cipherstream.transformer.AgreedPlan;
import io.opentelemetry.api.trace.Span;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/**
 * Requests of one model that is no transformer: encrypted, sent, answered and decrypted, in a
 * session that is made again when it is gone. One thread at a time.
 */
final class RoundlessRequests {

  private final ApplianceHttp http;
  private final ExecutorService workers;
  private final String model;
  private final KeyedSession session;
  private final CallLimit limit;

  /**
   * @param session of that model; stays the caller's
   */
  RoundlessRequests(
      ApplianceHttp http,
      ClientOptions options,
      ExecutorService workers,
      String model,
      KeyedSession session) {
    this.http = http;
    this.limit = new CallLimit(options);
    this.workers = workers;
    this.model = model;
    this.session = session;
  }

  /**
   * An answer.
   *
   * @param slots of each of its ciphertexts
   * @param warnings about values that had to be changed before encryption
   */
  record Asked(List<double[]> slots, RequestReport report, List<String> warnings) {}

  /**
   * @param tracks ids of stored tracks that the appliance computes on; mostly none
   * @param inputs slots of each ciphertext of the request
   * @throws ClientException of any kind
   */
  Asked ask(RoundlessPlan plan, List<String> tracks, Supplier<List<double[]>> inputs) {
    Span span =
        http.spans()
            .span("ask")
            .setAttribute(Spans.MODEL, model)
            .setAttribute(Spans.MODE, plan.label())
            .setAttribute(Spans.TOKEN_CLASS, (long) plan.size())
            .startSpan();
    return Spans.in(
        span,
        () ->
            limit.within(
                () ->
                    session.renewing(
                        (open, keys) -> attempt(plan, tracks, inputs, open, keys), e -> false)));
  }

  private Asked attempt(
      RoundlessPlan plan,
      List<String> tracks,
      Supplier<List<double[]>> inputs,
      SessionRecord open,
      ClientKeys keys) {
    long started = System.nanoTime();
    InferenceCipher cipher =
        new InferenceCipher(open.wire(plan.parameters()), keys, false, workers);
    SealedInference request =
        new SealedInference(http, model, open.id(), cipher, AgreedPlan.of(plan), tracks);
    SealedInference.Exchanged exchanged =
        http.spans().in("inference", () -> request.exchange(inputs));
    double total = (System.nanoTime() - started) / 1e9;
    InferenceOutcome outcome =
        exchanged.outcome(List.of(), request.clientSeconds(), cipher.warnings());
    return new Asked(
        exchanged.slots(),
        new RequestReport(
            plan.label(),
            plan.size(),
            outcome.engine(),
            outcome.enginesFailed(),
            outcome.bytesUp(),
            outcome.bytesDown(),
            session.takeKeyBytes(),
            Math.max(0, total - outcome.clientSeconds()),
            outcome.computeSeconds(),
            total),
        outcome.warnings());
  }
}
