package io.cipherstream.workflow.report.page;

import io.cipherstream.workflow.report.Figures;
import io.cipherstream.workflow.report.RangeLine;
import io.cipherstream.workflow.report.RangeTable;
import java.util.ArrayList;
import java.util.List;

/** How large values became in every exported model. */
final class RangeSection {

  private RangeSection() {}

  static PageSection of(Drawing drawing, List<RangeTable> tables) {
    List<PageBlock> blocks = new ArrayList<>();
    blocks.add(
        PageBlock.paragraph(
            "Encrypted numbers have a scale and room for values up to a bound, which the model's"
                + " manifest records. Beyond it a result is wrong. Below: the largest absolute"
                + " values seen, and the bounds."));
    for (RangeTable table : tables) {
      blocks.add(PageBlock.heading(table.model()));
      blocks.add(
          PageBlock.paragraph(
              "Measured on "
                  + table.measuredOn()
                  + (Double.isFinite(table.margin())
                      ? "; bounds are " + Figures.number(table.margin()) + " times the largest."
                      : ".")));
      new RangeChart(drawing, table)
          .svg()
          .ifPresent(
              svg ->
                  blocks.add(
                      PageBlock.charts(
                          List.of(svg), "Logarithmic. Solid: largest value. Dashed: its bound.")));
      blocks.add(PageBlock.table(cells(table)));
    }
    return new PageSection("ranges", "Ranges", blocks);
  }

  private static PageTable cells(RangeTable table) {
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
    return PageTable.figures(head, rows);
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
