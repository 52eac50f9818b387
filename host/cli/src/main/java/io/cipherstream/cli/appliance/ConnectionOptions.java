package io.cipherstream.cli.appliance;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Home;
import io.cipherstream.cli.base.Models;
import io.cipherstream.client.ClientOptions;
import io.cipherstream.client.ProgressListener;
import io.cipherstream.client.Trust;
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.model.Truncation;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Options that select the appliance a command talks to. */
public final class ConnectionOptions {

  private static final Duration NODE_CONNECT = Duration.ofSeconds(5);
  private static final Duration OWN_RETRY = Duration.ofSeconds(5);

  @Option(
      names = {"--url", "--server"},
      paramLabel = "URL",
      description =
          "Appliance to use, such as https://appliance:8443. Without it the command starts its own"
              + " appliance for the call.")
  private @Nullable URI url;

  @ArgGroup private @Nullable Pin pin;

  @Option(
      names = "--api-key-file",
      paramLabel = "FILE",
      description = "File with the API key (or set CIPHERSTREAM_API_KEY).")
  private @Nullable Path apiKeyFile;

  @Option(
      names = "--retry-seconds",
      paramLabel = "N",
      description =
          "How long to retry while the appliance is busy, stopping or unreachable; 0: never."
              + " Default: 60, once it has answered.")
  private @Nullable Integer retrySeconds;

  @Option(
      names = "--reply-seconds",
      paramLabel = "N",
      description = "How long to wait for each answer of a named appliance; default: 300.")
  private @Nullable Integer replySeconds;

  @Option(
      names = "--ask-seconds",
      paramLabel = "N",
      description =
          "How long a question to a named appliance may take in all, keys and session included;"
              + " default: no limit.")
  private @Nullable Integer askSeconds;

  /** A certificate to trust, given in one of two ways. */
  static final class Pin {
    @Option(
        names = "--fingerprint",
        paramLabel = "HEX",
        description = "SHA-256 of the appliance's certificate.")
    private @Nullable String fingerprint;

    @Option(
        names = "--certificate",
        paramLabel = "FILE",
        description = "The appliance's certificate (PEM).")
    private @Nullable Path certificate;
  }

  /** Whether no appliance was named, so that one is started for the call. */
  public boolean startsOne() {
    return url == null;
  }

  /**
   * Connects to the appliance. If none was named, checks model and mode and then starts one for the
   * call.
   *
   * @param engine of the appliance that is started
   * @param truncation what to do with texts longer than the model takes
   * @param setup what else the client is given
   * @throws CliException if an engine is requested together with a named appliance
   */
  ChosenAppliance open(
      String model,
      Optional<String> mode,
      Optional<EngineSpec> engine,
      Truncation truncation,
      ProgressListener progress,
      Consumer<ClientOptions.Builder> setup) {
    if (url == null) {
      Models.check(model, mode);
    }
    return openServing(model, engine, truncation, progress, setup);
  }

  /**
   * As {@link #open}, for what an appliance serves without a package on this machine.
   *
   * @throws CliException if an engine is requested together with a named appliance
   */
  ChosenAppliance openServing(
      String model,
      Optional<EngineSpec> engine,
      Truncation truncation,
      ProgressListener progress,
      Consumer<ClientOptions.Builder> setup) {
    if (url != null && engine.isPresent()) {
      throw new CliException(
          ExitCodes.USAGE,
          "--engine "
              + engine.get()
              + " and --url "
              + url
              + ": a running appliance already has its engine; start it with 'serve --engine'");
    }
    if (url == null) {
      return own(List.of(model), engine, truncation, progress, setup);
    }
    return new ChosenAppliance(named(url, Optional.empty(), truncation, progress, setup), null);
  }

  /**
   * The options for the appliance that was named.
   *
   * @param retryFor how long to retry, unless that is an option given
   * @param setup what else the client is given
   * @throws CliException if none was, or its address cannot be used
   */
  public ClientOptions named(
      Optional<Duration> retryFor,
      Truncation truncation,
      ProgressListener progress,
      Consumer<ClientOptions.Builder> setup) {
    if (url == null) {
      throw new CliException(
          ExitCodes.USAGE, "options of an appliance without its address: give --url before them");
    }
    return named(url, retryFor, truncation, progress, setup);
  }

  /**
   * Options for one of several nodes, with keys and sessions of a folder of its own. All nodes have
   * the same certificate and API key.
   *
   * @param other the node; empty for the appliance that was named, or else runs here
   * @throws CliException if there is none, or its address cannot be used
   */
  public ClientOptions of(Optional<URI> other, Path home) {
    URI address =
        other
            .or(() -> Optional.ofNullable(url))
            .or(() -> ApplianceState.read(Home.server()).map(ApplianceState::url))
            .orElseThrow(
                () ->
                    new CliException(
                        ExitCodes.USAGE,
                        "no appliance: give --url, or start one with 'cipherstream serve'"));
    ClientOptions.Builder options = builder(address, home);
    options.profile("nodes").threads(1).connectTimeout(NODE_CONNECT).retryFor(Duration.ZERO);
    return configured(options, address);
  }

  private ClientOptions named(
      URI url,
      Optional<Duration> retryFor,
      Truncation truncation,
      ProgressListener progress,
      Consumer<ClientOptions.Builder> setup) {
    ClientOptions.Builder options = builder(url, Home.client());
    options.truncation(truncation).progress(progress);
    setup.accept(options);
    retryFor.ifPresent(options::retryFor);
    return configured(options, url);
  }

  private static ClientOptions.Builder builder(URI url, Path home) {
    try {
      return ClientOptions.builder(url, home);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCodes.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  private ClientOptions configured(ClientOptions.Builder options, URI url) {
    try {
      if (retrySeconds != null) {
        options.retryFor(Duration.ofSeconds(retrySeconds));
      }
      if (replySeconds != null) {
        options.replyTimeout(Duration.ofSeconds(replySeconds));
      }
      if (askSeconds != null) {
        options.answerWithin(Duration.ofSeconds(askSeconds));
      }
      configure(options, url);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCodes.USAGE, String.valueOf(e.getMessage()), e);
    }
    return options.build();
  }

  /**
   * Starts an appliance with these models for one call.
   *
   * @param setup what else the client is given
   */
  public static ChosenAppliance own(
      List<String> models,
      Optional<EngineSpec> engine,
      Truncation truncation,
      ProgressListener progress,
      Consumer<ClientOptions.Builder> setup) {
    OwnAppliance own = OwnAppliance.start(models, engine, progress);
    ApplianceState state = own.state();
    ClientOptions.Builder options = ClientOptions.builder(state.url(), own.clientHome());
    options.profile("own").truncation(truncation).progress(progress);
    options.replyTimeout(OwnAppliance.ANSWER_TIMEOUT);
    options.retryFor(OWN_RETRY); // nothing would restart it
    setup.accept(options);
    trust(options, state);
    own.apiKey().ifPresent(options::apiKey);
    return new ChosenAppliance(options.build(), own);
  }

  private void configure(ClientOptions.Builder options, URI address) {
    // An appliance that this user runs here is identified by its state file.
    Optional<ApplianceState> local =
        ApplianceState.read(Home.server()).filter(state -> state.url().equals(address));
    if (pin != null && pin.fingerprint != null) {
      options.trust(Trust.fingerprint(pin.fingerprint));
    } else if (pin != null && pin.certificate != null) {
      options.trust(Trust.certificateFile(pin.certificate));
    } else {
      local.ifPresent(state -> trust(options, state));
    }
    String variable = System.getenv("CIPHERSTREAM_API_KEY");
    if (apiKeyFile != null) {
      options.apiKey(Secrets.line(apiKeyFile));
    } else if (variable != null && !variable.isBlank()) {
      options.apiKey(variable.strip());
    } else if (local.isPresent()) {
      ApplianceState.apiKey(Home.server()).ifPresent(options::apiKey);
    }
  }

  private static void trust(ClientOptions.Builder options, ApplianceState state) {
    if (!state.certificateSha256().isEmpty()) {
      options.trust(Trust.fingerprint(state.certificateSha256()));
    }
  }
}
