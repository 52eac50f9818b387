package io.cipherstream.cli.load;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.appliance.ConnectionOptions;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Home;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.ModelOptions;
import io.cipherstream.cli.base.Models;
import io.cipherstream.cli.base.Progress;
import io.cipherstream.cli.base.Table;
import io.cipherstream.cli.evaluate.PlainPass;
import io.cipherstream.client.ClientOptions;
import io.cipherstream.files.OwnerOnly;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.report.Figures;
import io.cipherstream.transformer.InferenceMode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code load}: drives an appliance, or the nodes of a cluster, with many clients. */
@Command(
    name = "load",
    description = "Drive a running appliance with many clients and compare every answer.",
    footer = {
      "%nExample:",
      "  cipherstream load --clients 8 --seconds 60 --html load.html --watch $(pgrep -f"
          + " ServerMain)",
      "  cipherstream load --clients 160 --sessions 8 --seconds 1800     # far more than it serves",
      "  cipherstream load --rate 2 --seconds 3600 --watch PID           # an hour of steady work",
      "%nWithout --url it drives the appliance that 'serve' has started here. Keys and sessions"
          + " are made before the time begins and deleted with the folder that they are in. Every"
          + " answer is compared with the model's plaintext on this machine. A refusal is counted"
          + " and the client goes on: unless --retry-seconds says otherwise it does not wait.",
      "%nWith --json: asked, seconds, rate, answered and refused (count median p90 p99 p999 max, in"
          + " seconds), wrong, unchecked, differenceMax, refusals, answersPerSecond, samples. The"
          + " exit code is 5 if an answer was wrong, or if there was none."
    })
public final class LoadCommand implements Callable<Integer> {

  private static final List<String> TEXTS =
      List.of(
          "a warm, funny and moving film",
          "the plot never goes anywhere",
          "it is hard to imagine a better cast",
          "two hours that feel like four",
          "a small film with a big heart",
          "not even the music could save it");

  private static final long END_SECONDS = 360;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Option(names = "--clients", paramLabel = "N", description = "Clients at one time; default: 8.")
  private int clients = 8;

  @Option(
      names = "--sessions",
      paramLabel = "N",
      description = "Sessions that the clients share; default: one each, at most 8.")
  private @Nullable Integer sessions;

  @Option(names = "--seconds", paramLabel = "N", description = "How long; default: 30.")
  private int seconds = 30;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description =
          "Sentences a second of all clients, begun at fixed times whatever became of those before;"
              + " times count from then. Default: each client asks again when it has its answer.")
  private double rate;

  @Option(
      names = "--texts",
      paramLabel = "FILE",
      description = "Texts to ask, one a line; default: six short ones.")
  private @Nullable Path texts;

  @Option(
      names = "--also",
      paramLabel = "URL",
      description =
          "Another node of the same cluster, with the same certificate and API key; clients go from"
              + " one to the next. Several are possible.")
  private List<URI> also = List.of();

  @Option(
      names = "--tolerance",
      paramLabel = "D",
      description = "Largest difference from plaintext of a right answer; default: 0.1.")
  private double tolerance = 0.1;

  @Option(
      names = "--watch",
      paramLabel = "PID",
      description = "Watch memory, descriptors and threads of this process. Several are possible.")
  private List<Long> watch = List.of();

  @Option(names = "--html", paramLabel = "FILE", description = "Write a page with charts.")
  private @Nullable Path html;

  @Mixin private ModelOptions model;
  @Mixin private ConnectionOptions connection;

  @Override
  public Integer call() throws InterruptedException, IOException {
    check();
    int count = sessions == null ? Math.min(clients, TEXTS.size() + 2) : sessions;
    Optional<ModelPackage> pack = installed();
    Optional<String> mode = pack.map(p -> Models.checkMode(p.manifest(), model.mode()));
    Optional<PlainPass> plain =
        pack.map(p -> PlainPass.of(p, InferenceMode.parse(mode.orElseThrow())));
    LoadClient.Plan plan =
        new LoadClient.Plan(model.model(), model.mode(), texts(), plain, tolerance);
    OwnerOnly.createFolders(Home.own());
    Path homes = Files.createTempDirectory(Home.own(), "load-");
    List<LoadClient> all = new ArrayList<>();
    CountDownLatch printed = new CountDownLatch(1);
    try (ProcessWatch watched = new ProcessWatch(watch);
        Progress progress = Progress.onStandardError()) {
      for (int i = 0; i < clients; i++) {
        all.add(new LoadClient(plan, addresses(homes.resolve("client-" + i % count)), i));
      }
      for (int i = 0; i < clients; i++) { // the first ones make the sessions, the others find them
        all.get(i).prepare();
        progress.progress("making keys and sessions", i + 1, clients);
      }
      LoadOutcomes outcomes = new LoadOutcomes();
      PrintWriter err = spec.commandLine().getErr();
      err.println("cipherstream: clients ask for " + seconds + " s; Ctrl-C ends it earlier");
      err.flush();
      LoadRun run = new LoadRun(all, outcomes, seconds, rate);
      endsEarly(run, printed);
      run.run();
      LoadReport report =
          outcomes.report(
              new LoadReport.Asked(
                  model.model(),
                  mode.or(model::mode).orElse("of the appliance's choice"),
                  clients,
                  count,
                  seconds,
                  rate,
                  1 + also.size()),
              watched.samples());
      print(report);
      return report.wrong() > 0 || report.answered().count() == 0
          ? ExitCodes.CHECK_FAILED
          : ExitCodes.OK;
    } finally {
      all.forEach(LoadClient::close);
      delete(homes);
      printed.countDown();
    }
  }

  /** Ctrl-C and SIGTERM end the run, and the report of what there was until then is printed. */
  private static void endsEarly(LoadRun run, CountDownLatch printed) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  run.stop();
                  try {
                    boolean done = printed.await(END_SECONDS, TimeUnit.SECONDS);
                    if (!done) {
                      System.err.println("cipherstream: the clients did not end in time");
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                },
                "end-of-load"));
  }

  /** The model's package on this machine; without it nothing is compared. */
  private Optional<ModelPackage> installed() {
    try {
      return Optional.of(Models.find(model.model()));
    } catch (ModelException e) {
      return Optional.empty();
    }
  }

  private void check() {
    if (clients < 1 || seconds < 1 || rate < 0 || (sessions != null && sessions < 1)) {
      throw new CliException(
          ExitCodes.USAGE,
          "expected --clients, --sessions and --seconds of at least 1 and --rate of at least 0,"
              + " received "
              + clients
              + ", "
              + sessions
              + ", "
              + seconds
              + " and "
              + rate);
    }
  }

  private List<String> texts() {
    if (texts == null) {
      return TEXTS;
    }
    try {
      List<String> lines = Files.readAllLines(texts).stream().filter(l -> !l.isBlank()).toList();
      if (lines.isEmpty()) {
        throw CliException.badInput("--texts " + texts + ": expected a text a line, found none");
      }
      return lines;
    } catch (IOException e) {
      throw CliException.badInput("--texts " + texts + " cannot be read: " + e.getMessage());
    }
  }

  private List<ClientOptions> addresses(Path home) {
    return Stream.concat(Stream.of(Optional.<URI>empty()), also.stream().map(Optional::of))
        .map(node -> connection.of(node, home))
        .toList();
  }

  private void print(LoadReport report) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (html != null) {
      Files.writeString(html, new LoadPage(report).html(), StandardCharsets.UTF_8);
    }
    if (common.json()) {
      ObjectNode json = Json.MAPPER.valueToTree(report);
      json.put("rate", report.rate());
      Json.print(out, json);
      return;
    }
    Table table = new Table("", "count", "median", "90 %", "99 %", "99.9 %", "longest");
    row(table, "answered", report.answered());
    row(table, "without answer", report.refused());
    table.print(out);
    out.printf(
        Locale.ROOT,
        "%.2f answers a second; %d wrong, largest difference from plaintext %.4f%n",
        report.rate(),
        report.wrong(),
        report.differenceMax());
    report.refusals().forEach((reason, n) -> out.printf("  %d x %s%n", n, reason));
    if (!report.firstFailure().isEmpty()) {
      out.println("first: " + report.firstFailure());
    }
  }

  private static void row(Table table, String name, LoadReport.Times times) {
    table.row(
        name,
        String.valueOf(times.count()),
        Figures.time(times.median()),
        Figures.time(times.p90()),
        Figures.time(times.p99()),
        Figures.time(times.p999()),
        Figures.time(times.max()));
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the clients' keys in " + folder + " could not be deleted", e);
    }
  }
}
