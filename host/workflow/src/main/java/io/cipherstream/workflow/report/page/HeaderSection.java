package io.cipherstream.workflow.report.page;

import io.cipherstream.workflow.report.ConversionHeader;
import io.cipherstream.workflow.report.DataFile;
import io.cipherstream.workflow.report.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What was converted, from what, where and how. */
final class HeaderSection {

  private static final int DIGEST_SHOWN = 16;

  private HeaderSection() {}

  /** The task, the model, the data and the time. */
  static PageSection what(ConversionHeader header) {
    List<List<PageCell>> facts = new ArrayList<>();
    fact(facts, "task", header.task());
    fact(facts, "converted model", header.name());
    fact(facts, "made from", header.modelSource());
    fact(
        facts,
        header.seeds().size() == 1 ? "seed" : "seeds",
        header.seeds().isEmpty()
            ? "none"
            : header.seeds().stream().map(Object::toString).collect(Collectors.joining(", ")));
    fact(facts, "started", header.started());
    fact(facts, "time", Figures.time(header.seconds()));
    List<PageBlock> blocks = new ArrayList<>();
    blocks.add(PageBlock.table(PageTable.facts(facts)));
    if (!header.files().isEmpty()) {
      blocks.add(PageBlock.heading("Data files"));
      blocks.add(
          PageBlock.table(
              PageTable.figures(
                  List.of("file", "read for", "rows", "SHA-256"),
                  header.files().stream().map(HeaderSection::file).toList())));
    }
    return new PageSection("what", "What was converted", blocks);
  }

  /** The machine and the command's options. */
  static PageSection setup(ConversionHeader header) {
    List<PageBlock> blocks = new ArrayList<>();
    map(blocks, "Machine", header.host());
    map(blocks, "Options of the command", header.options());
    return new PageSection("setup", "Machine and options", blocks);
  }

  private static List<PageCell> file(DataFile file) {
    return List.of(
        PageCell.of(file.name()),
        PageCell.of(file.role().name().toLowerCase(Locale.ROOT), "text"),
        PageCell.of(Figures.count(file.rows())),
        PageCell.of(file.sha256().substring(0, DIGEST_SHOWN) + "…", "code"));
  }

  private static void map(List<PageBlock> blocks, String title, Map<String, String> map) {
    if (!map.isEmpty()) {
      List<List<PageCell>> rows = new ArrayList<>();
      map.forEach((key, value) -> fact(rows, key, value));
      blocks.add(PageBlock.heading(title));
      blocks.add(PageBlock.table(PageTable.facts(rows)));
    }
  }

  private static void fact(List<List<PageCell>> rows, String key, String value) {
    rows.add(List.of(PageCell.of(key), PageCell.of(value)));
  }
}
