package io.cipherstream.client;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.model.ClientPackage;
import io.cipherstream.model.ModelException;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.ClientRun;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.KeyRequirements;
import io.cipherstream.transformer.ModelPlans;
import io.cipherstream.transformer.Round;
import io.cipherstream.transformer.TokenClass;
import io.cipherstream.wire.EnvelopeSizes;
import io.cipherstream.wire.Packing;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A model of the server in one mode. Inferences run one at a time; the session and the connection
 * are kept between them.
 */
public final class ClientModel implements AutoCloseable {

  /** How often a refused or broken inference is begun anew, with fresh encryptions. */
  private static final int ATTEMPTS_MAX = 4;

  private final ApplianceHttp http;
  private final ClientOptions options;
  private final ExecutorService workers;
  private final ModelDescription description;
  private final ClientPackage pack;
  private final InferenceMode mode;
  private final List<InferencePlan> plans;
  private @Nullable ClientKeys keys;
  private @Nullable SessionRecord session;
  private @Nullable InferenceSocket socket;
  private long keyBytesPending;

  private ClientModel(
      ApplianceHttp http,
      ClientOptions options,
      ExecutorService workers,
      ModelDescription description,
      ClientPackage pack,
      InferenceMode mode,
      List<InferencePlan> plans) {
    this.http = http;
    this.options = options;
    this.workers = workers;
    this.description = description;
    this.pack = pack;
    this.mode = mode;
    this.plans = plans;
  }

  static ClientModel open(
      ApplianceHttp http,
      ClientOptions options,
      ExecutorService workers,
      String name,
      Optional<String> wanted) {
    ModelDescription description = ModelDescription.fetch(http, name);
    String word = wanted.orElseGet(() -> preferred(description));
    if (!description.modes().contains(word)) {
      throw new ClientException(
          Kind.MODE_UNSUPPORTED,
          "model " + name + " has no mode '" + word + "'; its modes: " + description.modes());
    }
    PackageCache cache = new PackageCache(options.home().resolve("packages"));
    ClientPackage pack = cache.open(http, description, options.progress());
    InferenceMode mode = InferenceMode.parse(word);
    try {
      return new ClientModel(
          http, options, workers, description, pack, mode, ModelPlans.of(pack.manifest(), mode));
    } catch (IllegalArgumentException e) {
      throw new ClientException(
          Kind.PROTOCOL, "the client package of " + name + " has no plan: " + e.getMessage(), e);
    }
  }

  private static String preferred(ModelDescription description) {
    if (description.modes().isEmpty()) {
      throw new ClientException(
          Kind.MODE_UNSUPPORTED,
          "model " + description.name() + " offers no encrypted mode; see 'model inspect'");
    }
    return description.modes().get(0);
  }

  public String name() {
    return description.name();
  }

  public String mode() {
    return mode.label();
  }

  /** Class names in the order of the logits; empty for an embedding model. */
  public List<String> labels() {
    return pack.manifest().shape().labels();
  }

  /**
   * The word pieces of a text, the two special ones included; nothing is sent.
   *
   * @throws ClientException of kind INPUT_EMPTY, or INPUT_TOO_LONG which names the limit; a text is
   *     never cut
   */
  public int[] tokens(String text) {
    try {
      return pack.tokenizer().encode(text);
    } catch (ModelException e) {
      Kind kind =
          e.kind() == ModelException.Kind.TEXT_TOO_LONG ? Kind.INPUT_TOO_LONG : Kind.INPUT_EMPTY;
      throw new ClientException(kind, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Classifies a text under encryption.
   *
   * @throws ClientException of kind INPUT_EMPTY or INPUT_TOO_LONG before anything is sent; of kind
   *     MODE_UNSUPPORTED for an embedding model; of other kinds as the inference goes
   */
  public Classification classify(String text) {
    if (labels().isEmpty()) {
      throw new ClientException(
          Kind.MODE_UNSUPPORTED, "model " + name() + " gives embeddings, not labels: use embed");
    }
    Answer answer = infer(text);
    int best = 0;
    for (int i = 1; i < answer.output.length; i++) {
      best = answer.output[i] > answer.output[best] ? i : best;
    }
    return new Classification(
        labels().get(best), Arrays.stream(answer.output).boxed().toList(), answer.report);
  }

  /**
   * Computes a text's embedding under encryption.
   *
   * @throws ClientException as {@link #classify}; of kind MODE_UNSUPPORTED for a classifier
   */
  public Embedding embed(String text) {
    if (!labels().isEmpty()) {
      throw new ClientException(
          Kind.MODE_UNSUPPORTED, "model " + name() + " gives labels, not embeddings: use classify");
    }
    Answer answer = infer(text);
    return new Embedding(Arrays.stream(answer.output).boxed().toList(), answer.report);
  }

  private record Answer(double[] output, InferenceReport report) {}

  private synchronized Answer infer(String text) {
    int[] ids = tokens(text);
    InferencePlan plan = TokenClass.choose(plans, mode, ids.length);
    for (int attempt = 1; ; attempt++) {
      boolean reused = socket != null;
      try {
        return attempt(ids, plan);
      } catch (ClientException e) {
        disconnect();
        if (attempt == ATTEMPTS_MAX || !mayRetry(e, reused)) {
          throw e;
        }
      } catch (RuntimeException e) {
        disconnect();
        throw e;
      }
    }
  }

  /** Whether the same request may succeed when begun anew; prepares for it. */
  private boolean mayRetry(ClientException failure, boolean reusedConnection) {
    if (failure instanceof ServerProblemException refused) {
      Problem problem = refused.problem();
      switch (problem.slug()) {
        case "session-unknown", "session-expired", "key-missing", "status-404", "status-410" -> {
          session = null;
          return true;
        }
        default -> {
          if (problem.retryAfterSeconds().isEmpty()) {
            return false;
          }
          CipherstreamClient.pause(Duration.ofSeconds(problem.retryAfterSeconds().getAsInt()));
          return true;
        }
      }
    }
    return reusedConnection && failure.kind() == Kind.UNREACHABLE;
  }

  private Answer attempt(int[] ids, InferencePlan plan) {
    ClientKeys openKeys = keys();
    SessionRecord openSession = session(openKeys);
    long started = System.nanoTime();
    InferenceSocket open = socket(openSession);
    long up = open.bytesUp();
    long down = open.bytesDown();
    ClientRun run = new ClientRun(plan, pack.embeddings(), ids);
    EncryptedInference inference =
        new EncryptedInference(open, openSession.wire(plan.parameters()), openKeys, plan, workers);
    EncryptedInference.Outcome outcome = inference.run(run);
    double total = (System.nanoTime() - started) / 1e9;
    long keyBytes = keyBytesPending;
    keyBytesPending = 0;
    InferenceReport report =
        new InferenceReport(
            mode.label(),
            "seal",
            ids.length,
            plan.tokenClass(),
            plan.rounds().size(),
            open.bytesUp() - up,
            open.bytesDown() - down,
            keyBytes,
            Math.max(0, total - outcome.clientSeconds()),
            outcome.computeSeconds(),
            outcome.clientSeconds(),
            total,
            outcome.warnings());
    return new Answer(outcome.output(), report);
  }

  private ClientKeys keys() {
    ClientKeys open = keys;
    if (open == null) {
      CkksParameters parameters = plans.get(0).parameters();
      open =
          ClientKeys.open(
              options
                  .home()
                  .resolve("keys")
                  .resolve(options.profile() + "-" + parameters.name() + ".key"),
              parameters);
      keys = open;
    }
    return open;
  }

  private SessionRecord session(ClientKeys openKeys) {
    SessionRecord open = session;
    if (open == null) {
      SessionOpener opener =
          new SessionOpener(
              http, options, workers, description, mode, KeyRequirements.of(plans), openKeys);
      SessionOpener.Opened opened = opener.open();
      open = opened.session();
      keyBytesPending += opened.keyBytes();
      session = open;
    }
    return open;
  }

  private InferenceSocket socket(SessionRecord openSession) {
    InferenceSocket open = socket;
    if (open == null) {
      open = InferenceSocket.open(http, options, openSession, envelopeBytesMax());
      socket = open;
    }
    return open;
  }

  private int envelopeBytesMax() {
    CkksParameters parameters = plans.get(0).parameters();
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
    return Math.toIntExact(EnvelopeSizes.ciphertext(parameters, limbs, Packing.RAW));
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
