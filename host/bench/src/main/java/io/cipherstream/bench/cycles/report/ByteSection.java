package io.cipherstream.bench.cycles.report;

import static io.cipherstream.bench.cycles.report.CycleSection.row;
import static io.cipherstream.bench.cycles.report.CycleSection.tables;

import io.cipherstream.bench.cycles.report.CycleSection.Cell;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Bytes moved, by port and direction. */
final class ByteSection {

  private final CycleReport report;
  private final PortChart chart;

  ByteSection(CycleReport report, PortChart chart) {
    this.report = report;
    this.chart = chart;
  }

  CycleSection section() {
    Set<String> ports = new LinkedHashSet<>();
    report.measurements().forEach(m -> ports.addAll(m.bytesMoved().keySet()));
    List<String> head = new ArrayList<>(List.of("program", "core"));
    ports.forEach(p -> head.add(CycleFigures.port(p)));
    head.add("all");
    head.add("bytes a cycle");
    List<List<Cell>> rows = new ArrayList<>();
    for (CycleMeasurement m : report.measurements()) {
      if (!m.what().perLimb() || m.what().name().equals("NTT")) {
        List<Cell> cells = new ArrayList<>(row(m.what().toString(), core(m)));
        for (String port : ports) {
          long bytes = m.bytesMoved().getOrDefault(port, 0L);
          cells.add(
              bytes == 0 ? new Cell("–", "none") : cell(m, CycleFigures.bytes((double) bytes)));
        }
        long all = m.bytesMoved().values().stream().mapToLong(Long::longValue).sum();
        cells.add(cell(m, CycleFigures.bytes((double) all)));
        cells.add(cell(m, CycleFigures.whole(all / m.cycles())));
        rows.add(cells);
      }
    }
    return new CycleSection(
        "Bytes moved",
        List.of("Between the core and the card's memory, by port and direction."),
        chart.images(),
        tables("", head, rows));
  }

  private static Cell cell(CycleMeasurement m, String text) {
    return CycleSection.figure(m.bytesCounted(), text);
  }

  private String core(CycleMeasurement m) {
    return report.core(m.configuration()).label();
  }
}
