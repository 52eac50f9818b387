package io.cipherstream.cli.appliance;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Home;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Table;
import io.cipherstream.cli.base.Units;
import io.cipherstream.model.ModelRepository;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code admin}: what an appliance on this machine does, its sessions, models, draining. */
@Command(
    name = "admin",
    mixinStandardHelpOptions = true,
    description = "Look after an appliance on this machine that has bind.adminPort.",
    synopsisSubcommandLabel = "COMMAND")
public final class AdminCommand implements Runnable {

  /** Data of the appliance that the Debian package installs. */
  private static final Path SERVICE = Path.of("/var/lib/cipherstream");

  private static final String ID = "[0-9a-f]{32}";
  private static final long POLL_MILLIS = 200;

  @Spec private CommandSpec spec;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description =
          "The appliance's data folder; default: /var/lib/cipherstream if there is a service, else"
              + " that of 'serve'.")
  private @Nullable Path dataFolder;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private AdminLink link() {
    if (dataFolder != null) {
      return new AdminLink(dataFolder);
    }
    return new AdminLink(Files.exists(SERVICE) ? SERVICE : Home.server());
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  @Command(name = "status", description = "State, load, memory, engines and models.")
  int status(@Mixin CommonOptions common) throws InterruptedException {
    JsonNode status = link().ask("GET", "/admin/status");
    if (common.json()) {
      Json.print(out(), status);
    } else {
      AdminStatus.print(out(), status);
    }
    return ExitCodes.OK;
  }

  @Command(name = "sessions", description = "Every session, the most recently used first.")
  int sessions(@Mixin CommonOptions common) throws InterruptedException {
    JsonNode sessions = link().ask("GET", "/admin/sessions").path("sessions");
    Table table = new Table("session", "tenant", "model", "last used", "in use", "keys");
    for (JsonNode session : sessions) {
      if (common.json()) {
        Json.print(out(), session);
      }
      table.row(
          session.path("session").asText(),
          session.path("tenant").asText(),
          session.path("model").asText(),
          session.path("lastUsed").asText(),
          session.path("inUse").asBoolean() ? "yes" : "no",
          Units.bytes(session.path("keyBytes").asLong()));
    }
    if (!common.json()) {
      table.print(out());
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "evict",
      mixinStandardHelpOptions = true,
      description = "Delete sessions with their keys; their clients make others.")
  int evict(@Parameters(paramLabel = "SESSION", arity = "1..*") List<String> sessions)
      throws InterruptedException {
    for (String session : sessions) {
      if (!session.matches(ID)) {
        throw new CliException(
            ExitCodes.USAGE, "session '" + session + "': expected an id as 'admin sessions' shows");
      }
    }
    AdminLink link = link();
    for (String session : sessions) {
      link.ask("DELETE", "/admin/sessions/" + session);
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "load",
      mixinStandardHelpOptions = true,
      description = "Serve one more model of the folders in modelDirectories; waits until it is.")
  int load(@Parameters(paramLabel = "MODEL") String model) throws InterruptedException {
    AdminLink link = link();
    link.ask("POST", path(model));
    JsonNode status = link.ask("GET", "/admin/status");
    while (status.path("loading").asText("").equals(model)) {
      Thread.sleep(POLL_MILLIS);
      status = link.ask("GET", "/admin/status");
    }
    for (JsonNode leftOut : status.path("leftOut")) {
      if (leftOut.path("name").asText().equals(model)) {
        throw new CliException(
            ExitCodes.SERVER,
            "model '"
                + model
                + "' is left out, because it is "
                + leftOut.path("reason").asText()
                + ": the appliance's log says more");
      }
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "unload",
      mixinStandardHelpOptions = true,
      description = "Serve a model no longer; its inferences that run go on.")
  int unload(@Parameters(paramLabel = "MODEL") String model) throws InterruptedException {
    return order("DELETE", path(model));
  }

  private static String path(String model) {
    if (!ModelRepository.NAME.matcher(model).matches()) {
      throw new CliException(
          ExitCodes.USAGE, "model '" + model + "': expected a name as 'admin status' shows");
    }
    return "/admin/models/" + model;
  }

  @Command(
      name = "drain",
      mixinStandardHelpOptions = true,
      description = "Refuse new sessions and inferences; those that run go on.")
  int drain() throws InterruptedException {
    return order("POST", "/admin/drain");
  }

  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = "Take new work again after drain.")
  int resume() throws InterruptedException {
    return order("DELETE", "/admin/drain");
  }

  private int order(String method, String path) throws InterruptedException {
    link().ask(method, path);
    return ExitCodes.OK;
  }
}
