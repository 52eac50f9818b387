package io.cipherstream.client;

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
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a model's inferences share: secret key, session and connection, each made when it is first
 * needed and made again when the appliance no longer has it. Inferences run one at a time.
 */
final class ModelSession implements AutoCloseable {

  /** How often one inference makes a new session or resends its keys. */
  static final int RENEWALS_MAX = 3;

  private final ApplianceHttp http;
  private final ClientOptions options;
  private final ExecutorService workers;
  private final ModelDescription description;
  private final InferenceMode mode;
  private final List<InferencePlan> plans;
  private final CkksParameters parameters;
  private @Nullable ClientKeys keys;
  private @Nullable SessionRecord session;
  private @Nullable InferenceConnection socket;
  private long keyBytesPending;

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
    this.mode = mode;
    this.plans = plans;
    this.parameters = plans.get(0).parameters();
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
    session(keys());
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
    Patience patience = http.patience();
    int renewals = 0;
    while (true) {
      boolean reused = socket != null;
      try {
        return attempt(plan, runs);
      } catch (ClientException e) {
        disconnect();
        if (needsSession(e) && renewals < RENEWALS_MAX) {
          renewals++;
          session = null; // opened again: its missing keys are sent, or a new session is made
          continue;
        }
        // A kept connection may have been closed long ago, so there is no reason to wait.
        boolean stale = reused && !e.isWaitedFor() && e.kind() == ClientException.Kind.UNREACHABLE;
        if (!stale && !patience.pause(e)) {
          throw e;
        }
      } catch (RuntimeException e) {
        disconnect();
        throw e;
      }
    }
  }

  /** Whether a session has to be made again, or some of its keys. */
  static boolean needsSession(ClientException failure) {
    return failure instanceof ServerProblemException refused
        && switch (refused.problem().slug()) {
          case "session-unknown", "session-expired", "key-missing", "status-404", "status-410" ->
              true;
          default -> false;
        };
  }

  private Inference attempt(InferencePlan plan, Supplier<ClientRun> runs) {
    ClientKeys openKeys = keys();
    SessionRecord openSession = session(openKeys);
    long started = System.nanoTime();
    InferenceCipher cipher =
        new InferenceCipher(
            openSession.wire(plan.parameters()), openKeys, plan.complexReplies(), workers);
    InferenceOutcome outcome =
        plan.rounds().isEmpty()
            ? new SealedInference(
                    http, description.name(), openSession.id(), cipher, plan.agreed(), List.of())
                .run(runs.get())
            : new EncryptedInference(socket(openSession), cipher, plan, options.progress())
                .run(runs.get());
    double seconds = (System.nanoTime() - started) / 1e9;
    long keyBytes = keyBytesPending;
    keyBytesPending = 0;
    return new Inference(outcome, seconds, keyBytes);
  }

  private ClientKeys keys() {
    ClientKeys open = keys;
    if (open == null) {
      open = ClientKeys.open(SecretKeyFile.of(options, parameters), parameters);
      keys = open;
    }
    return open;
  }

  private SessionRecord session(ClientKeys openKeys) {
    SessionRecord open = session;
    if (open == null) {
      SessionOpener opener =
          new SessionOpener(
              http,
              options,
              workers,
              description,
              List.of(mode.label()),
              tokenClasses(),
              KeyRequirements.of(plans),
              openKeys);
      SessionOpener.Opened opened = opener.open();
      open = opened.session();
      keyBytesPending += opened.keyBytes();
      session = open;
    }
    return open;
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
    if (keys != null) {
      keys.close();
      keys = null;
    }
  }
}
