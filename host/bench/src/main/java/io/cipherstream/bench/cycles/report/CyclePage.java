package io.cipherstream.bench.cycles.report;

import io.cipherstream.bench.report.OutputFiles;
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
import java.util.stream.Stream;

/** {@code cycles.html}: a {@link CycleReport} for readers, one file that needs no other. */
public final class CyclePage {

  /** Its name in the folder of a run. */
  public static final String NAME = "cycles.html";

  /** Mark behind figures that were predicted and not simulated. */
  private static final String PREDICTED_MARK = " (p)";

  private CyclePage() {}

  /**
   * Writes the page, whole or not at all.
   *
   * @throws io.cipherstream.bench.report.BenchException of kind OUTPUT if it cannot be written
   */
  public static void write(CycleReport report, Path file) {
    OutputFiles.replace(file, html(report).getBytes(StandardCharsets.UTF_8));
  }

  static String html(CycleReport report) {
    Drawing drawing = new Drawing();
    List<PageSection> sections = new ArrayList<>();
    if (report.differentWords() == 0) {
      sections.add(summary(report));
    }
    if (!report.notes().isEmpty()) {
      sections.add(new PageSection("notes", "Keep in mind").warnings(report.notes()));
    }
    LimbSections limbs = new LimbSections(report, drawing);
    Stream.of(
            GoalSection.of(report),
            limbs.transforms(),
            limbs.wordwise(),
            new OperationSection(report, drawing).section(),
            new ByteSection(report, drawing).section(),
            new PredictionSection(report, drawing).section(),
            new PlanSection(report, drawing).section())
        .filter(PageSection::hasTable)
        .forEach(sections::add);
    sections.add(cores(report));
    sections.add(setup(report));
    return new Page(
            "Cycles of the clusters",
            "A card's clusters run limb programs, compiled to operations on limbs of N residues:"
                + " transforms (NTT), sums of products, word-wise passes. Of a cluster P is the"
                + " number of butterflies, M of product lanes, Q of words a cycle of a stream, S"
                + " of limbs that it holds. Figures are cycles of the register-transfer code, simulated by"
                + " Verilator behind the same OpenCL calls as a card, unless they are marked (p):"
                + " those are predicted by a model. No clock was measured; a time is a number of"
                + " cycles divided by the clock that the configuration states. Taken on "
                + Figures.date(Instant.parse(report.created()))
                + ", in "
                + Figures.time(report.seconds())
                + ".",
            report.differentWords() == 0
                ? List.of()
                : List.of(
                    report.differentWords()
                        + " of "
                        + report.simulated()
                        + " programs gave other words than the interpreter: their cycles mean"
                        + " nothing."),
            sections)
        .with(drawing)
        .html();
  }

  private static PageSection summary(CycleReport report) {
    PageSection section = new PageSection("summary", "In short");
    return report.simulated() == 0
        ? section.paragraph("Nothing was simulated.")
        : section.paragraph(
            "The simulated core computed the right words: all words of "
                + report.simulated()
                + " programs equal the interpreter's.",
            "good");
  }

  private static PageSection cores(CycleReport report) {
    List<List<PageCell>> rows = new ArrayList<>();
    for (CycleReport.Core core : report.cores()) {
      List<PageCell> row =
          new ArrayList<>(
              PageCell.row(
                  core.configuration(),
                  Integer.toString(core.clusters()),
                  Integer.toString(core.lanes()),
                  Integer.toString(core.products()),
                  Integer.toString(core.streamWords()),
                  Integer.toString(core.slots()),
                  core.wordBits() + " bits",
                  Figures.digits(core.clockMhz()) + " MHz",
                  core.latencyCycles() + " cycles",
                  Figures.digits(core.bytesPerCycle()) + " bytes a cycle"));
      String digest = core.rtlDigest();
      row.add(PageCell.of(digest.substring(0, Math.min(12, digest.length())), "code"));
      rows.add(row);
    }
    return new PageSection("cores", "Cores")
        .figures(
            List.of(
                "configuration",
                "clusters",
                "P",
                "M",
                "Q",
                "S",
                "word",
                "stated clock",
                "memory latency",
                "memory",
                "RTL digest"),
            rows);
  }

  private static PageSection setup(CycleReport report) {
    List<List<PageCell>> facts = new ArrayList<>(report.machine().facts());
    report.versions().forEach((name, version) -> facts.add(PageCell.row(name, version)));
    return new PageSection("setup", "Where and how")
        .facts(facts)
        .paragraph(
            "Cycles do not depend on the processor. Programs run on seeded random words, and every"
                + " word that they may write is compared with what the interpreter computes. A case"
                + " is run once: the simulation is deterministic, the same program on the same"
                + " configuration takes the same cycles.");
  }

  /** A figure of a measurement, marked if it is a prediction. */
  static PageCell figure(CycleMeasurement of, String text) {
    return of.simulated() == null ? predicted(text) : PageCell.of(text);
  }

  /** A figure that was predicted and not simulated. */
  static PageCell predicted(String text) {
    return PageCell.of(text + PREDICTED_MARK, "predicted");
  }

  /** What stands where there is no figure. */
  static PageCell none() {
    return PageCell.of("–", "quiet");
  }
}
