package io.cipherstream.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.server.api.ApiKeys;
import io.cipherstream.server.config.ConfigException;
import io.cipherstream.server.config.ConfigLoader;
import io.cipherstream.server.config.TenantFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/**
 * {@code cipherstream tenant}: tenants, their API keys and limits in the file of {@code
 * tenantsFile}. A running appliance takes over a change within seconds. A new API key is printed
 * once, alone on standard output; the file has its SHA-256. Exit codes: 0 done, 1 failed, 2 wrong
 * usage or an impossible change.
 */
@Command(
    name = "tenant",
    mixinStandardHelpOptions = true,
    description = "Change who may use an appliance; it takes over the change without a restart.",
    synopsisSubcommandLabel = "COMMAND")
public final class TenantMain implements Runnable {

  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final Path INSTALLED = Path.of("/etc/cipherstream/appliance.yaml");

  @Option(
      names = "--file",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The file of tenants; default: the configuration's tenantsFile.")
  private @Nullable Path file;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The appliance's configuration; default: /etc/cipherstream/appliance.yaml.")
  private @Nullable Path config;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  private TenantMain() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return new CommandLine(new TenantMain())
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              String said = failure.getMessage();
              command.getErr().println("cipherstream: " + (said == null ? failure : said));
              return failure instanceof ConfigException ? USAGE : FAILED;
            })
        .execute(args);
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        Objects.requireNonNull(spec).commandLine(), "a command is missing");
  }

  private TenantFile tenants() {
    Path named = file;
    if (named == null) {
      Path from = config == null ? INSTALLED : config;
      if (config == null && !Files.exists(INSTALLED)) {
        throw new ConfigException(
            "no file of tenants: give --file, or --config with a configuration that has"
                + " tenantsFile");
      }
      named = ConfigLoader.tenantsFile(from);
    }
    return new TenantFile(named);
  }

  @Command(name = "add", description = "Add a tenant and print its API key.")
  int add(
      @Parameters(paramLabel = "NAME") String name,
      @Option(names = "--operator", description = "It may see the whole appliance's metrics.")
          boolean operator,
      @Option(names = "--key-name", defaultValue = "first", paramLabel = "KEY") String keyName,
      @Option(names = "--days", paramLabel = "N", description = "How long the key is valid.")
          @Nullable Integer days,
      @Option(
              names = "--limit",
              paramLabel = "LIMIT=NUMBER",
              description = "A limit of its own, as in sessionsPerTenantMax=4; repeatable.")
          Map<String, Long> limits)
      throws IOException {
    String key = SecretFile.fresh();
    tenants()
        .change(
            all -> {
              if (find(all, name) != null) {
                throw new ConfigException("tenant '" + name + "' is there already");
              }
              ObjectNode tenant = all.addObject().put("name", name);
              if (operator) {
                tenant.put("operator", true);
              }
              addKey(tenant, keyName, key, days);
              setLimits(tenant, limits == null ? Map.of() : limits);
            });
    return printed(key);
  }

  @Command(name = "key", description = "Give a tenant one more API key and print it.")
  int key(
      @Parameters(paramLabel = "NAME") String name,
      @Parameters(paramLabel = "KEY", description = "A name for the key, as in laptop.")
          String keyName,
      @Option(names = "--days", paramLabel = "N", description = "How long the key is valid.")
          @Nullable Integer days)
      throws IOException {
    String key = SecretFile.fresh();
    tenants().change(all -> addKey(require(all, name), keyName, key, days));
    return printed(key);
  }

  @Command(name = "revoke", description = "Take an API key away; its sockets are closed.")
  int revoke(
      @Parameters(paramLabel = "NAME") String name, @Parameters(paramLabel = "KEY") String keyName)
      throws IOException {
    tenants()
        .change(
            all -> {
              ArrayNode keys = require(all, name).withArrayProperty("keys");
              for (int i = 0; i < keys.size(); i++) {
                if (keys.get(i).path("name").asText().equals(keyName)) {
                  keys.remove(i);
                  return;
                }
              }
              throw new ConfigException(
                  "tenant '" + name + "' has no key '" + keyName + "'; see: tenant list");
            });
    return 0;
  }

  @Command(name = "remove", description = "Remove a tenant with all its keys.")
  int remove(@Parameters(paramLabel = "NAME") String name) throws IOException {
    tenants()
        .change(
            all -> {
              require(all, name);
              for (int i = all.size() - 1; i >= 0; i--) {
                if (all.get(i).path("name").asText().equals(name)) {
                  all.remove(i);
                }
              }
            });
    return 0;
  }

  @Command(name = "limit", description = "Set limits of a tenant's own.")
  int limit(
      @Parameters(index = "0", paramLabel = "NAME") String name,
      @Parameters(
              index = "1..*",
              arity = "1..*",
              paramLabel = "LIMIT=NUMBER",
              description = "As in sessionsPerTenantMax=4.")
          Map<String, Long> limits)
      throws IOException {
    tenants().change(all -> setLimits(require(all, name), limits));
    return 0;
  }

  @Command(name = "list", description = "Print every tenant, its keys and limits as JSON lines.")
  int list() {
    for (JsonNode tenant : tenants().tenants()) {
      System.out.println(tenant);
    }
    return 0;
  }

  private static void addKey(
      ObjectNode tenant, String keyName, String key, @Nullable Integer days) {
    ArrayNode keys = tenant.withArrayProperty("keys");
    ObjectNode made = keys.addObject().put("name", keyName).put("sha256", ApiKeys.sha256(key));
    if (days != null) {
      Instant end = Instant.now().plus(Duration.ofDays(days)).truncatedTo(ChronoUnit.SECONDS);
      made.put("notAfter", end.toString());
    }
  }

  private static void setLimits(ObjectNode tenant, Map<String, Long> limits) {
    if (!limits.isEmpty()) {
      ObjectNode own = tenant.withObjectProperty("limits");
      limits.forEach(own::put);
    }
  }

  private static @Nullable ObjectNode find(ArrayNode all, String name) {
    for (JsonNode tenant : all) {
      if (tenant instanceof ObjectNode object && object.path("name").asText().equals(name)) {
        return object;
      }
    }
    return null;
  }

  private static ObjectNode require(ArrayNode all, String name) {
    ObjectNode found = find(all, name);
    if (found == null) {
      throw new ConfigException("there is no tenant '" + name + "' in this file; see: tenant list");
    }
    return found;
  }

  private static int printed(String key) {
    System.err.println("The API key, which is shown this once:");
    System.out.println(key);
    return 0;
  }
}
