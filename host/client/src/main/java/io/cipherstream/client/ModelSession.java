package io.cipherstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.ClientRun;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.KeyRequirements;
import io.cipherstream.transformer.Round;
import io.cipherstream.wire.EnvelopeSizes;
import io.cipherstream.wire.WordPacking;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a model's inferences share: secret key, session and connection, each made when it is first
 * needed and made again when the appliance no longer has it. Inferences run one at a time.
 */
final class ModelSession implements AutoCloseable {

  private final ApplianceHttp http;
  private final ClientOptions options;
  private final ExecutorService workers;
  private final ModelDescription description;
  private final List<InferencePlan> plans;
  private final CkksParameters parameters;
  private final KeyedSession session;
  private @Nullable InferenceConnection socket;

  /** The failure of the last attempt that began with a connection of an earlier inference. */
  private @Nullable RuntimeException failedOnKept;

  /**
   * @param plans of the mode that the appliance serves, at least one; all have the same parameters
   */
  ModelSession(
      ApplianceHttp http,
      ClientOptions options,
      ExecutorService workers,
      ModelDescription description,
      InferenceMode mode,
      List<InferencePlan> plans) {
    this.http = http;
    this.options = options;
    this.workers = workers;
    this.description = description;
    this.plans = plans;
    this.parameters = plans.get(0).parameters();
    this.session =
        new KeyedSession(
            http,
            options,
            parameters,
            keys ->
                new SessionOpener(
                    http,
                    options,
                    workers,
                    description,
                    List.of(mode.label()),
                    tokenClasses(),
                    KeyRequirements.of(plans),
                    keys));
  }

  /**
   * An inference that has its answer.
   *
   * @param seconds from its start, without those that keys and session took
   * @param keyBytes sent since the inference before
   */
  record Inference(InferenceOutcome outcome, double seconds, long keyBytes) {}

  /** Makes or finds keys and session. */
  synchronized void prepare() {
    session.session();
  }

  /** Token classes of the plans, ascending. */
  List<Integer> tokenClasses() {
    return plans.stream().map(InferencePlan::tokenClass).sorted().toList();
  }

  /**
   * Runs an inference. If it gets no answer, it is started again with fresh encryptions and a new
   * id, and never continued, so that no round is sent twice.
   *
   * @param runs the client's side, made anew for each start
   */
  synchronized Inference infer(InferencePlan plan, Supplier<ClientRun> runs) {
    return session.renewing(
        (open, keys) -> attempt(plan, runs, open, keys),
        // A kept connection may have been closed long ago, so there is no reason to wait.
        e -> e == failedOnKept && !e.isWaitedFor() && e.kind() == ClientException.Kind.UNREACHABLE);
  }

  /**
   * Asks for an answer that is fetched later.
   *
   * @param plan one without rounds
   */
  synchronized PendingAnswer submit(InferencePlan plan, Supplier<ClientRun> runs) {
    return session.renewing(
        (open, keys) -> {
          InferenceCipher cipher =
              new InferenceCipher(
                  open.wire(plan.parameters()), keys, plan.complexReplies(), workers);
          ClientRun run = runs.get();
          return new PendingAnswer(sealed(plan, open, cipher).submit(run::inputs), cipher.id());
        },
        // The inputs had not all come when the connection broke: the next try has a new id.
        e ->
            e instanceof ServerProblemException refused
                && refused.problem().slug().equals("round-replayed"));
  }

  /**
   * Fetches the answer of a job that is over.
   *
   * @param of the session that {@link #over} named
   * @throws ClientException of kind PROTOCOL if it is of an earlier session, whose keys are gone
   */
  synchronized Inference fetch(
      PendingAnswer pending, String of, InferencePlan plan, ClientRun run) {
    long started = System.nanoTime();
    SessionRecord open = session.session();
    if (!of.equals(open.id())) {
      throw new ClientException(
          ClientException.Kind.PROTOCOL,
          "job "
              + pending.job()
              + " is of another session than this client has now; ask the question again");
    }
    InferenceCipher cipher =
        new InferenceCipher(
            open.wire(plan.parameters()),
            session.keys(),
            plan.complexReplies(),
            workers,
            pending.inference());
    InferenceOutcome outcome = sealed(plan, open, cipher).fetch(pending.job(), run);
    return new Inference(outcome, (System.nanoTime() - started) / 1e9, session.takeKeyBytes());
  }

  /** The session of a job that is over, which is waited for that long; empty before. */
  Optional<String> over(PendingAnswer pending, int seconds) {
    JsonNode job = http.job(pending.job(), seconds);
    return Set.of("done", "failed").contains(job.path("state").asText())
        ? Optional.of(job.path("session").asText())
        : Optional.empty();
  }

  /** Ends a job, or deletes it with its answer. */
  void cancel(PendingAnswer pending) {
    http.delete("/v2/jobs/" + pending.job());
  }

  private SealedInference sealed(InferencePlan plan, SessionRecord open, InferenceCipher cipher) {
    return new SealedInference(
        http, description.name(), open.id(), cipher, plan.agreed(), List.of());
  }

  private Inference attempt(
      InferencePlan plan, Supplier<ClientRun> runs, SessionRecord open, ClientKeys keys) {
    boolean kept = socket != null;
    long started = System.nanoTime();
    InferenceCipher cipher =
        new InferenceCipher(open.wire(plan.parameters()), keys, plan.complexReplies(), workers);
    InferenceOutcome outcome;
    try {
      outcome =
          options
              .spans()
              .in(
                  "inference",
                  () ->
                      plan.rounds().isEmpty()
                          ? sealed(plan, open, cipher).run(runs.get())
                          : new EncryptedInference(socket(open), cipher, plan, options)
                              .run(runs.get()));
    } catch (RuntimeException e) {
      disconnect();
      failedOnKept = kept ? e : null;
      throw e;
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    return new Inference(outcome, seconds, session.takeKeyBytes());
  }

  private InferenceConnection socket(SessionRecord openSession) {
    InferenceConnection open = socket;
    if (open == null) {
      open = InferenceConnection.open(http, options, openSession, envelopeBytesMax());
      socket = open;
    }
    return open;
  }

  private int envelopeBytesMax() {
    int limbs =
        plans.stream()
            .flatMap(
                plan ->
                    Stream.concat(
                        plan.result().stream(),
                        plan.rounds().stream().map(Round::down).flatMap(List::stream)))
            .mapToInt(CiphertextSpec::limbs)
            .max()
            .orElse(parameters.dataLimbs());
    return Math.toIntExact(EnvelopeSizes.ciphertext(parameters, limbs, WordPacking.RAW));
  }

  private void disconnect() {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }

  @Override
  public synchronized void close() {
    disconnect();
    session.close();
  }
}
