package io.cipherstream.workflow.report.page;

import io.cipherstream.report.Drawing;
import io.cipherstream.report.Figures;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import io.cipherstream.workflow.report.RangeLine;
import io.cipherstream.workflow.report.RangeTable;
import java.util.ArrayList;
import java.util.List;

/** The largest values in every exported model. */
final class RangeSection {

  private RangeSection() {}

  static PageSection of(Drawing drawing, List<RangeTable> tables) {
    PageSection section =
        new PageSection("ranges", "Ranges")
            .paragraph(
                "Encrypted numbers have a scale and room for values up to a bound, which the"
                    + " model's manifest records. Beyond it a result is wrong. Below: the largest"
                    + " absolute values seen, and the bounds.");
    for (RangeTable table : tables) {
      section
          .heading(table.model())
          .paragraph(
              "Measured on "
                  + table.measuredOn()
                  + (Double.isFinite(table.margin())
                      ? "; bounds are " + Figures.number(table.margin()) + " times the largest."
                      : "."))
          .charts(
              new RangeChart(drawing, table).svg().stream().toList(),
              "Logarithmic. Solid: largest value. Dashed: its bound.");
      cells(section, table);
    }
    return section;
  }

  private static void cells(PageSection section, RangeTable table) {
    boolean layered = table.layers() > 1;
    List<RangeLine> byLayer =
        table.lines().stream().filter(l -> !layered || l.largest().size() > 1).toList();
    List<RangeLine> whole =
        table.lines().stream().filter(l -> layered && l.largest().size() == 1).toList();
    List<String> head = new ArrayList<>(List.of(layered ? "layer" : ""));
    byLayer.forEach(l -> head.add(l.quantity()));
    whole.forEach(l -> head.add(l.quantity()));
    List<List<PageCell>> rows = new ArrayList<>();
    for (int i = 0; i < table.layers(); i++) {
      List<PageCell> row = new ArrayList<>();
      row.add(PageCell.of(layered ? Integer.toString(i) : "model"));
      for (RangeLine line : byLayer) {
        row.add(cell(line, i));
      }
      for (RangeLine line : whole) {
        row.add(i == table.layers() - 1 ? cell(line, 0) : PageCell.of(""));
      }
      rows.add(row);
    }
    section.figures(head, rows);
  }

  private static PageCell cell(RangeLine line, int layer) {
    double largest = line.largest().get(layer);
    if (line.bounds().isEmpty()) {
      return PageCell.of(Figures.number(largest));
    }
    double bound = line.bounds().get(layer);
    return PageCell.of(Figures.number(largest), largest > bound ? "bad" : "")
        .below((largest > bound ? "above the bound " : "bound ") + Figures.number(bound));
  }
}
