package io.cipherstream.server;

import io.cipherstream.server.storage.Backup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/**
 * {@code cipherstream store}: backup and restore of an appliance's data directory. Exit codes: 0
 * done, 1 failed, 2 wrong usage.
 */
@Command(
    name = "store",
    mixinStandardHelpOptions = true,
    description = "Back up what an appliance has stored, and restore it.",
    synopsisSubcommandLabel = "COMMAND")
public final class StoreMain implements Runnable {

  private static final int FAILED = 1;
  private static final Path SERVICE = Path.of("/var/lib/cipherstream");
  private static final String HOME = "CIPHERSTREAM_HOME";

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description =
          "The appliance's data folder; default: /var/lib/cipherstream if there is a service, else"
              + " that of 'serve'.")
  private @Nullable Path dataFolder;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  private StoreMain() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return new CommandLine(new StoreMain())
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              String said = failure.getMessage();
              command.getErr().println("cipherstream: " + (said == null ? failure : said));
              return FAILED;
            })
        .execute(args);
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(line(), "a command is missing");
  }

  private CommandLine line() {
    return Objects.requireNonNull(spec).commandLine();
  }

  private Path data() {
    Path named = dataFolder;
    String home = System.getenv(HOME);
    if (named != null) {
      return named;
    }
    if (Files.exists(SERVICE)) {
      return SERVICE;
    }
    if (home == null) {
      throw new CommandLine.ParameterException(line(), "no data folder: give --data-dir");
    }
    return Path.of(home, "server");
  }

  @Command(
      name = "backup",
      mixinStandardHelpOptions = true,
      description = {
        "Write sessions, clients' public keys, tracks, usage, audit log and the appliance's identity"
            + " to a file, while it runs or not.",
        "The file holds secrets: keep it where the appliance's data may be."
      })
  int backup(@Parameters(paramLabel = "FILE") Path file) throws IOException {
    int files = Backup.write(data(), file);
    line().getOut().printf("%s: %d files, %d bytes%n", file, files, Files.size(file));
    return 0;
  }

  @Command(
      name = "restore",
      mixinStandardHelpOptions = true,
      description = {
        "Put back what a backup holds, into a data folder without a store and without an appliance.",
        "What was counted or used up since the backup counts no longer."
      })
  int restore(@Parameters(paramLabel = "FILE") Path file) throws IOException {
    Path data = data();
    int files = Backup.restore(file, data);
    line().getOut().printf("%s: %d files restored%n", data, files);
    return 0;
  }
}
