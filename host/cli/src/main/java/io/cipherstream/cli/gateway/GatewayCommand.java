package io.cipherstream.cli.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.appliance.ChosenAppliance;
import io.cipherstream.cli.appliance.ClientSetup;
import io.cipherstream.cli.appliance.ConnectionOptions;
import io.cipherstream.cli.appliance.Secrets;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.EngineOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Models;
import io.cipherstream.client.ClientOptions;
import io.cipherstream.gateway.Gateway;
import io.cipherstream.gateway.GatewayOptions;
import io.cipherstream.gateway.GatewayStartException;
import io.cipherstream.gateway.GatewayTls;
import io.cipherstream.gateway.serving.ApplianceModels;
import io.cipherstream.gateway.watch.GatewayLog;
import io.cipherstream.gateway.watch.GatewayMetrics;
import io.cipherstream.model.Truncation;
import io.cipherstream.trace.Spans;
import io.cipherstream.trace.Traces;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code gateway}: runs the gateway until it is stopped. Standard output carries one JSON line when
 * it listens and one when every model can be asked; the log goes to standard error.
 */
@Command(
    name = "gateway",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Serve ordinary requests (OpenAI's embeddings) beside the user, and ask an appliance under"
          + " encryption. The gateway sees the texts and holds the secret key: run it where the"
          + " texts may be seen.",
      "Without --url it starts an appliance of its own."
    },
    footer = {
      "%nExample:",
      "  cipherstream gateway --url https://appliance:8443 --certificate appliance.pem --model"
          + " minilm",
      "  OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none python3 program.py"
    })
public final class GatewayCommand implements Callable<Integer> {

  private static final long POLL_MILLIS = 100;
  private static final Duration RETRY_BEFORE_MOVING = Duration.ofSeconds(2);

  @Spec private CommandSpec spec;

  @ArgGroup(
      exclusive = false,
      multiplicity = "0..*",
      heading = "Appliances, in the order of preference; the options of each follow its --url:%n")
  private List<ConnectionOptions> servers = new ArrayList<>();

  @Option(
      names = "--model",
      paramLabel = "NAME",
      required = true,
      description = "A model of the appliances; may be given several times.")
  private List<String> models = List.of();

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description =
          "Address to listen on; default: ${DEFAULT-VALUE}. One that is not loopback needs TLS and"
              + " a token.",
      defaultValue = "127.0.0.1")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "TCP port, 0 for any free one; default: ${DEFAULT-VALUE}.",
      defaultValue = "8080")
  private int port;

  @Option(
      names = "--grpc-port",
      paramLabel = "N",
      description =
          "TCP port of the Open Inference Protocol over gRPC, 0 for any free one; default: none.")
  private @Nullable Integer grpcPort;

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description = "PEM chain that callers are shown.")
  private @Nullable Path tlsCertificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key, PEM.")
  private @Nullable Path tlsKey;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with the token that callers must send (OpenAI's API key).")
  private @Nullable Path tokenFile;

  @Mixin private EngineOptions engine;
  @Mixin private ServingChoices serving;
  @Mixin private ClientSetup setup;

  private final CountDownLatch stop = new CountDownLatch(1);

  @Override
  public Integer call() throws InterruptedException {
    GatewayOptions options = options();
    GatewayLog log = new GatewayLog(System.err);
    log.takeOverLibraries();
    StepLog steps = new StepLog(log);
    List<ClientOptions> appliances = new ArrayList<>();
    try (Closing closing = new Closing()) {
      Traces traces = closing.add(setup.traces("cipherstream-gateway"));
      Consumer<ClientOptions.Builder> client = builder -> setup.apply(builder, traces);
      if (servers.isEmpty()) {
        models.forEach(model -> Models.check(model, Optional.empty()));
        ChosenAppliance own =
            closing.add(
                ConnectionOptions.own(models, engine.spec(), Truncation.REFUSE, steps, client));
        appliances.add(own.options());
      } else if (engine.spec().isPresent()) {
        throw new CliException(
            ExitCodes.USAGE, "--engine and --url: a running appliance already has its engine");
      } else {
        // One that is gone is not waited for where another one can answer.
        Optional<Duration> retryFor =
            servers.size() > 1 ? Optional.of(RETRY_BEFORE_MOVING) : Optional.empty();
        servers.forEach(
            server -> appliances.add(server.named(retryFor, Truncation.REFUSE, steps, client)));
      }
      GatewayMetrics metrics = closing.add(new GatewayMetrics());
      ApplianceModels asked =
          closing.add(
              new ApplianceModels(
                  models.stream().distinct().toList(),
                  appliances,
                  serving.serving(),
                  log,
                  metrics,
                  new Spans(traces.telemetry())));
      Gateway gateway =
          closing.add(Gateway.start(options, asked.directory(), log, metrics, traces));
      Thread hook = new Thread(() -> stopAndHalt(closing), "stop-gateway");
      Runtime.getRuntime().addShutdownHook(hook);
      run(gateway);
      return ExitCodes.OK;
    } catch (GatewayStartException e) {
      throw new CliException(ExitCodes.FAILURE, String.valueOf(e.getMessage()), e);
    }
  }

  private GatewayOptions options() {
    if ((tlsCertificate == null) != (tlsKey == null)) {
      throw new CliException(
          ExitCodes.USAGE, "--tls-certificate and --tls-key: expected both or neither");
    }
    Optional<GatewayTls> tls =
        tlsCertificate == null || tlsKey == null
            ? Optional.empty()
            : Optional.of(new GatewayTls(tlsCertificate, tlsKey));
    try {
      return new GatewayOptions(
          host,
          port,
          grpcPort == null ? OptionalInt.empty() : OptionalInt.of(grpcPort),
          tls,
          Optional.ofNullable(tokenFile).map(Secrets::line),
          serving.limits());
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCodes.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** Says when it listens and when it is ready, and waits for the end. */
  private void run(Gateway gateway) throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Json.print(out, state("listening", gateway));
    boolean said = false;
    while (!stop.await(said ? 1000 : POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      if (!said && gateway.ready()) {
        said = true;
        Json.print(out, state("ready", gateway));
      }
    }
  }

  private static ObjectNode state(String event, Gateway gateway) {
    return Json.object()
        .put("event", event)
        .put("url", gateway.url())
        .put("grpcPort", gateway.grpcPort())
        .put("pid", ProcessHandle.current().pid());
  }

  /** On a signal: finishes what was begun, and exits with 0. */
  private void stopAndHalt(Closing closing) {
    try {
      closing.close();
    } finally {
      stop.countDown();
      Runtime.getRuntime().halt(ExitCodes.OK);
    }
  }
}
