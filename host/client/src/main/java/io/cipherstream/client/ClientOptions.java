package io.cipherstream.client;

import io.cipherstream.model.Truncation;
import io.cipherstream.trace.Spans;
import io.opentelemetry.api.OpenTelemetry;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a client finds, trusts and uses an appliance. Immutable; made by {@link #builder}. */
public final class ClientOptions {

  /** Time for a TCP and TLS connection. */
  public static final Duration CONNECT_TIMEOUT_DEFAULT = Duration.ofSeconds(10);

  /**
   * Longest wait for one answer of the appliance, queueing and one round's computation included.
   */
  public static final Duration REPLY_TIMEOUT_DEFAULT = Duration.ofMinutes(5);

  /**
   * Longest time for which a request is retried while the appliance is busy, stopping or
   * unreachable.
   */
  public static final Duration RETRY_FOR_DEFAULT = Duration.ofMinutes(1);

  private final URI server;
  private final @Nullable String apiKey;
  private final Trust trust;
  private final Path home;
  private final String profile;
  private final int threads;
  private final Duration connectTimeout;
  private final Duration replyTimeout;
  private final @Nullable Duration retryFor;
  private final Truncation truncation;
  private final ProgressListener progress;
  private final Spans spans;
  private final @Nullable KeyPassphrase keyPassphrase;

  private ClientOptions(Builder b) {
    this.server = b.server;
    this.apiKey = b.apiKey;
    this.trust = b.trust;
    this.home = b.home;
    this.profile = b.profile != null ? b.profile : profileOf(b.server);
    this.threads = b.threads;
    this.connectTimeout = b.connectTimeout;
    this.replyTimeout = b.replyTimeout;
    this.retryFor = b.retryFor;
    this.truncation = b.truncation;
    this.progress = b.progress;
    this.spans = new Spans(b.telemetry);
    this.keyPassphrase = b.keyPassphrase;
  }

  /**
   * @param server {@code https://host[:port]}; {@code http://} only for a loopback address, since
   *     the API key would travel in the clear
   * @param home folder for secret keys, sessions and downloaded client packages
   * @throws IllegalArgumentException if the address is anything else
   */
  public static Builder builder(URI server, Path home) {
    String scheme = server.getScheme() == null ? "" : server.getScheme().toLowerCase(Locale.ROOT);
    String host = server.getHost();
    if (host == null || !(scheme.equals("https") || scheme.equals("http"))) {
      throw new IllegalArgumentException(
          "server address '" + server + "': expected https://host[:port]");
    }
    if (scheme.equals("http") && !isLoopback(host)) {
      throw new IllegalArgumentException(
          "server address '" + server + "': plain http is for loopback only; use https");
    }
    return new Builder(server, home);
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static String profileOf(URI server) {
    String authority = server.getHost() + (server.getPort() < 0 ? "" : "-" + server.getPort());
    return authority.replaceAll("[^A-Za-z0-9.-]", "_");
  }

  public URI server() {
    return server;
  }

  public Optional<String> apiKey() {
    return Optional.ofNullable(apiKey);
  }

  public Trust trust() {
    return trust;
  }

  public Path home() {
    return home;
  }

  /** Name under which keys and sessions are stored; two profiles share no key. */
  public String profile() {
    return profile;
  }

  /** Threads for encoding, encryption and decryption. */
  public int threads() {
    return threads;
  }

  public Duration connectTimeout() {
    return connectTimeout;
  }

  public Duration replyTimeout() {
    return replyTimeout;
  }

  /** Longest time for which one request is retried before its refusal is reported. */
  public Duration retryFor() {
    return retryFor == null ? RETRY_FOR_DEFAULT : retryFor;
  }

  /** Whether to wait also for an appliance that has never answered. */
  boolean waitsForFirstAnswer() {
    return retryFor != null;
  }

  /** What to do with a question of more tokens than the model takes. */
  public Truncation truncation() {
    return truncation;
  }

  public ProgressListener progress() {
    return progress;
  }

  Optional<KeyPassphrase> keyPassphrase() {
    return Optional.ofNullable(keyPassphrase);
  }

  /** Makes the spans of what is done with these options. */
  Spans spans() {
    return spans;
  }

  /** Collects options; each has a stated default. */
  public static final class Builder {
    private final URI server;
    private final Path home;
    private @Nullable String apiKey;
    private Trust trust = Trust.system();
    private @Nullable String profile;
    private int threads = Runtime.getRuntime().availableProcessors();
    private Duration connectTimeout = CONNECT_TIMEOUT_DEFAULT;
    private Duration replyTimeout = REPLY_TIMEOUT_DEFAULT;
    private @Nullable Duration retryFor;
    private Truncation truncation = Truncation.REFUSE;
    private ProgressListener progress = ProgressListener.NONE;
    private OpenTelemetry telemetry = OpenTelemetry.noop();
    private @Nullable KeyPassphrase keyPassphrase;

    private Builder(URI server, Path home) {
      this.server = server;
      this.home = home;
    }

    /** Sent as a bearer token; none by default. */
    public Builder apiKey(String value) {
      this.apiKey = value;
      return this;
    }

    /** The system's authorities by default. */
    public Builder trust(Trust value) {
      this.trust = value;
      return this;
    }

    /**
     * Host and port by default.
     *
     * @throws IllegalArgumentException if it could not be a file name
     */
    public Builder profile(String value) {
      if (!value.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
        throw new IllegalArgumentException(
            "profile '" + value + "': expected up to 64 letters, digits, '.', '_' or '-'");
      }
      this.profile = value;
      return this;
    }

    /** All processors by default. */
    public Builder threads(int value) {
      if (value < 1) {
        throw new IllegalArgumentException("threads: " + value + ", expected at least 1");
      }
      this.threads = value;
      return this;
    }

    /** {@link ClientOptions#CONNECT_TIMEOUT_DEFAULT} by default. */
    public Builder connectTimeout(Duration value) {
      this.connectTimeout = value;
      return this;
    }

    /** {@link ClientOptions#REPLY_TIMEOUT_DEFAULT} by default. */
    public Builder replyTimeout(Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException(
            "a reply is awaited for " + value.toSeconds() + " s: expected more than 0");
      }
      this.replyTimeout = value;
      return this;
    }

    /**
     * {@link ClientOptions#RETRY_FOR_DEFAULT} by default, and then only after the appliance has
     * answered once: a wrong address is reported at once. A time set here applies to the first
     * answer too; with zero every refusal is reported at once. An inference that got no answer is
     * started again with a new id and fresh encryptions.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder retryFor(Duration value) {
      if (value.isNegative()) {
        throw new IllegalArgumentException("retryFor: " + value + ", expected at least 0");
      }
      this.retryFor = value;
      return this;
    }

    /**
     * {@link Truncation#REFUSE} by default. Each answer's {@link InferenceReport} says what was
     * cut.
     */
    public Builder truncation(Truncation value) {
      this.truncation = value;
      return this;
    }

    /** {@link ProgressListener#NONE} by default. */
    public Builder progress(ProgressListener value) {
      this.progress = value;
      return this;
    }

    /**
     * None by default: secret keys are then files that their owner alone may read. With one they
     * are PKCS#12 files besides, and keys that are there already are put under it when they are
     * first used.
     */
    public Builder keyPassphrase(KeyPassphrase value) {
      this.keyPassphrase = value;
      return this;
    }

    /**
     * Where spans go; nowhere by default. They continue the caller's current span, and the
     * appliance continues them if it has traces too. They hold names, counts and times, and no
     * text, answer or key.
     */
    public Builder telemetry(OpenTelemetry value) {
      this.telemetry = value;
      return this;
    }

    public ClientOptions build() {
      return new ClientOptions(this);
    }
  }
}
