package io.cipherstream.workflow.report.page;

import io.cipherstream.report.Figures;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import io.cipherstream.workflow.report.ConversionHeader;
import io.cipherstream.workflow.report.DataFile;
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
    facts.add(PageCell.row("task", header.task()));
    facts.add(PageCell.row("converted model", header.name()));
    facts.add(PageCell.row("made from", header.modelSource()));
    facts.add(
        PageCell.row(
            header.seeds().size() == 1 ? "seed" : "seeds",
            header.seeds().isEmpty()
                ? "none"
                : header.seeds().stream().map(Object::toString).collect(Collectors.joining(", "))));
    facts.add(PageCell.row("started", header.started()));
    facts.add(PageCell.row("time", Figures.time(header.seconds())));
    PageSection section = new PageSection("what", "What was converted").facts(facts);
    if (!header.files().isEmpty()) {
      section
          .heading("Data files")
          .figures(
              List.of("file", "read for", "rows", "SHA-256"),
              header.files().stream().map(HeaderSection::file).toList());
    }
    return section;
  }

  /** The machine and the command's options. */
  static PageSection setup(ConversionHeader header) {
    PageSection section = new PageSection("setup", "Machine and options");
    map(section, "Machine", header.host());
    map(section, "Options of the command", header.options());
    return section;
  }

  private static List<PageCell> file(DataFile file) {
    return List.of(
        PageCell.of(file.name()),
        PageCell.of(file.role().name().toLowerCase(Locale.ROOT), "text"),
        PageCell.of(Figures.count(file.rows())),
        PageCell.of(file.sha256().substring(0, DIGEST_SHOWN) + "…", "code"));
  }

  private static void map(PageSection section, String title, Map<String, String> map) {
    if (!map.isEmpty()) {
      List<List<PageCell>> rows = new ArrayList<>();
      map.forEach((key, value) -> rows.add(PageCell.row(key, value)));
      section.heading(title).facts(rows);
    }
  }
}
