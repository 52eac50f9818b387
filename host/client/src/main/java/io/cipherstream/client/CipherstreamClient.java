package io.cipherstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.wire.WireVersions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A client of one appliance.
 *
 * <pre>{@code
 * ClientOptions options =
 *     ClientOptions.builder(URI.create("https://appliance:8443"), home)
 *         .trust(Trust.certificateFile(certificate))
 *         .build();
 * try (CipherstreamClient client = CipherstreamClient.connect(options)) {
 *   Classification c = client.model("sst2-sealed").classify("a charming journey");
 *   System.out.println(c.label());
 * }
 * }</pre>
 *
 * <p>The secret key never leaves this process, except for its owner-only file. Safe for concurrent
 * use; inferences on one model run one after the other.
 */
public final class CipherstreamClient implements AutoCloseable {

  private final ClientOptions options;
  private final ApplianceHttp http;
  private final ExecutorService workers;
  private final Map<String, ClientModel> models = new HashMap<>();
  private final Map<String, NetworkClient> networks = new HashMap<>();
  private @Nullable IntervalTracks intervals;

  private CipherstreamClient(ClientOptions options) {
    this.options = options;
    this.http = new ApplianceHttp(options);
    AtomicInteger count = new AtomicInteger();
    this.workers =
        Executors.newFixedThreadPool(
            options.threads(),
            task -> {
              Thread thread = new Thread(task, "cipherstream-client-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Checks that an appliance answers at the address.
   *
   * @throws ClientException of kind UNREACHABLE, UNTRUSTED, REFUSED, or PROTOCOL if something else
   *     answers, or an appliance with no version of the wire format in common
   */
  public static CipherstreamClient connect(ClientOptions options) {
    CipherstreamClient client = new CipherstreamClient(options);
    try {
      JsonNode server = client.http.get("/v2");
      if (!server.path("name").asText().equals("cipherstream")) {
        throw new ClientException(
            Kind.PROTOCOL, options.server() + " answers, but is not a Cipherstream appliance");
      }
      requireCommonVersion(server, options);
      return client;
    } catch (RuntimeException e) {
      client.close();
      throw e;
    }
  }

  /** An appliance that names no version has the first one. */
  private static void requireCommonVersion(JsonNode server, ClientOptions options) {
    List<Integer> theirs = new ArrayList<>();
    server.path("wireVersions").forEach(version -> theirs.add(version.asInt()));
    if (!theirs.isEmpty() && WireVersions.common(theirs).isEmpty()) {
      throw new ClientException(
          Kind.PROTOCOL,
          "the appliance at "
              + options.server()
              + " is of release "
              + server.path("version").asText("unknown")
              + " and speaks versions "
              + theirs
              + " of the wire format; this client speaks "
              + WireVersions.SPOKEN
              + ": "
              + (Collections.min(theirs) > Collections.max(WireVersions.SPOKEN)
                  ? "install a newer client"
                  : "have the operator install a newer appliance"));
    }
  }

  /** Names of the appliance's models. */
  public List<String> models() {
    return ModelDescription.names(http);
  }

  /** Whether the appliance has its models warm; false also while it stops. */
  public boolean ready() {
    try {
      return http.getOnce("/v2/health/ready").path("ready").asBoolean(false);
    } catch (ServerProblemException e) {
      return false;
    }
  }

  /**
   * The appliance's metrics as Prometheus text: those of the whole appliance with an operator's API
   * key, else the tenant's own gauges.
   */
  public String metrics() {
    return http.text("/metrics");
  }

  /** A model in its preferred mode. */
  public ClientModel model(String name) {
    return model(name, Optional.empty());
  }

  /**
   * A model in a mode. Fetches the client package if it is not cached; keys are made and uploaded
   * by the first inference.
   *
   * @param mode {@code hybrid}, {@code paper}, {@code compact} or {@code sealed}; the model's first
   *     if empty. {@code assisted}, the earlier name of {@code hybrid}, is taken with a warning in
   *     the reports
   * @throws ClientException of kind MODEL_UNKNOWN or MODE_UNSUPPORTED; the message lists the known
   *     ones
   */
  public synchronized ClientModel model(String name, Optional<String> mode) {
    String key = name + "/" + mode.orElse("");
    ClientModel open = models.get(key);
    if (open == null) {
      open = ClientModel.open(http, options, workers, name, mode);
      models.put(key, open);
    }
    return open;
  }

  /** Encrypted tracks of genomic intervals; what the appliance needs is made by the first use. */
  public synchronized IntervalTracks intervals() {
    IntervalTracks open = intervals;
    if (open == null) {
      open = new IntervalTracks(http, options, workers);
      intervals = open;
    }
    return open;
  }

  /**
   * A network of polynomials of the appliance's. Fetches its description; keys are made and
   * uploaded by the first question.
   *
   * @throws ClientException of kind MODEL_UNKNOWN, MODE_UNSUPPORTED for a model that is no network,
   *     or PROTOCOL
   */
  public synchronized NetworkClient network(String name) {
    NetworkClient open = networks.get(name);
    if (open == null) {
      open = NetworkClient.open(http, options, workers, name);
      networks.put(name, open);
    }
    return open;
  }

  @Override
  public synchronized void close() {
    networks.values().forEach(NetworkClient::close);
    networks.clear();
    if (intervals != null) {
      intervals.close();
      intervals = null;
    }
    models.values().forEach(ClientModel::close);
    models.clear();
    for (Runnable unstarted : workers.shutdownNow()) {
      ((Future<?>) unstarted).cancel(false); // who waits for it must not wait for ever
    }
  }
}
