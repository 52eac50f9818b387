package io.cipherstream.bench.report;

import io.cipherstream.bench.report.BenchCase.Kind;
import io.cipherstream.report.Drawing;
import io.cipherstream.report.Figures;
import io.cipherstream.report.Page;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** {@code report.html}: a {@link BenchReport} for readers, one file that needs no other. */
public final class BenchPage {

  /** Its name in the folder of a run. */
  public static final String NAME = "report.html";

  /** The engines that others are compared with, the better one first. */
  private static final List<String> BASELINES = List.of("seal-hexl", "plain-seal");

  private static final double GIBI = 1 << 30;

  private final BenchReport report;
  private final String baseline;
  private final Drawing drawing = new Drawing();

  private BenchPage(BenchReport report) {
    this.report = report;
    this.baseline =
        BASELINES.stream()
            .filter(
                id -> report.measurements().stream().anyMatch(m -> m.what().engine().equals(id)))
            .findFirst()
            .orElse("");
  }

  /**
   * Writes the page, whole or not at all.
   *
   * @throws BenchException of kind OUTPUT if it cannot be written
   */
  public static void write(BenchReport report, Path file) {
    OutputFiles.replace(file, html(report).getBytes(StandardCharsets.UTF_8));
  }

  static String html(BenchReport report) {
    return new BenchPage(report).page().html();
  }

  private Page page() {
    List<PageSection> sections = new ArrayList<>();
    if (report.differentWords() == 0) {
      sections.add(
          new PageSection("summary", "In short")
              .paragraph(
                  "All engines computed the same words: "
                      + report.comparedWords()
                      + " results were compared with the reference's, none differs.",
                  "good"));
    }
    MedianTables medians = new MedianTables(report, baseline);
    sections.add(new PageSection("notes", "Keep in mind").warnings(report.notes()));
    sections.add(medians.addRates(new PageSection("rates", "So many a second")));
    sections.add(
        medians.addTables(
            new PageSection("sentences", "Sentences")
                .paragraph(
                    "From text to label, by a client and an appliance on this machine. Time in"
                        + " which the client waits for the appliance contains the transfer;"
                        + " ciphertexts only is the appliance's own computing."),
            Kind.SENTENCE,
            ""));
    SpeedCharts charts = new SpeedCharts(report, baseline, drawing);
    for (BenchReport.ParameterSet set : report.parameters()) {
      PageSection section =
          new PageSection(
              set.name(),
              set.name() + ": N = " + set.degree() + ", primes " + BenchFigures.primes(set));
      charts.addTo(section, set.name());
      medians.addTables(section, Kind.INSTRUCTION, set.name());
      sections.add(medians.addTables(section, Kind.OPERATION, set.name()));
    }
    sections.add(new PageSection("failures", "What failed").facts(failures()));
    sections.add(engines());
    sections.add(setup());
    sections.removeIf(section -> section.blocks().isEmpty());
    sections.removeIf(section -> section.id().equals("sentences") && !section.hasTable());
    return new Page(
            "Cipherstream benchmarks",
            "Cipherstream computes on encrypted data (CKKS). Its unit of work is the limb: N"
                + " residues modulo one prime. This page says how fast its engines run the"
                + " instructions on limbs, the operations on ciphertexts that are made of them, and"
                + " whole sentences, beside Microsoft SEAL as published (plain-seal) and SEAL with"
                + " Intel HEXL (seal-hexl), which is the fair baseline. Taken on "
                + Figures.date(Instant.parse(report.created()))
                + ", in "
                + Figures.time(report.seconds())
                + ".",
            report.differentWords() == 0
                ? List.of()
                : List.of(
                    report.differentWords()
                        + " of "
                        + report.comparedWords()
                        + " results differ from the reference's: an engine is wrong, and its times"
                        + " mean nothing."),
            sections)
        .with(drawing);
  }

  private List<List<PageCell>> failures() {
    return report.measurements().stream()
        .filter(m -> m.failure() != null)
        .map(m -> PageCell.row(m.what().toString(), String.valueOf(m.failure())))
        .toList();
  }

  private PageSection engines() {
    List<List<PageCell>> rows = new ArrayList<>();
    for (EngineInfo engine : report.engines()) {
      String missing = engine.missing() == null ? "" : "left out: " + engine.missing();
      rows.add(
          List.of(
              PageCell.of(engine.id(), "code"),
              PageCell.of(engine.description(), "text").below(missing)));
    }
    return new PageSection("engines", "Engines").figures(List.of("name", "what it is"), rows);
  }

  private PageSection setup() {
    MachineFacts machine = report.machine();
    BenchSettings settings = report.settings();
    List<List<PageCell>> facts = new ArrayList<>(machine.facts());
    facts.add(
        PageCell.row(
            "memory", String.format(Locale.ROOT, "%.1f GiB", machine.memoryBytes() / GIBI)));
    facts.add(
        PageCell.row(
            "frequency governor",
            Objects.requireNonNullElse(machine.governor(), "the system does not tell")));
    facts.add(
        PageCell.row(
            "load before / after",
            String.format(Locale.ROOT, "%.1f / %.1f", report.loadBefore(), report.loadAfter())));
    report.versions().forEach((name, version) -> facts.add(PageCell.row(name, version)));
    facts.add(
        PageCell.row(
            "a case",
            settings.warmups()
                + " iterations of "
                + settings.iterationMillis()
                + " ms to warm up, "
                + settings.iterations()
                + " that count, "
                + (settings.forks() == 0
                    ? "all in one Java process for each native library"
                    : "in a Java process of its own")
                + " (JMH, average time)"));
    String described =
        report.engines().stream()
            .filter(engine -> engine.id().equals(baseline))
            .map(engine -> " (" + engine.description() + ")")
            .findFirst()
            .orElse("");
    return new PageSection("setup", "Where and how")
        .facts(facts)
        .paragraph(
            "Figures are medians; hold the pointer over one for quartiles, the least and the number"
                + " of samples. × 2.00 below a figure means twice as fast as "
                + baseline
                + described
                + "; green is the fastest of its row. Times are wall time of a call from Java, with"
                + " the allocation and release of its results, divided by what all threads finished"
                + " in it. Making operands, keys and programs is not counted. Operands and keys are"
                + " random words of a fixed seed, the same for every engine. The same case runs on"
                + " all engines one after the other, so that load from elsewhere is shared. Two"
                + " runs are compared by “cipherstream bench compare A.json B.json”.");
  }
}
