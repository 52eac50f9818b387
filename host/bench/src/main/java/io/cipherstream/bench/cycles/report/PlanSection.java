package io.cipherstream.bench.cycles.report;

import io.cipherstream.report.BarChart;
import io.cipherstream.report.Drawing;
import io.cipherstream.report.Figures;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What cards would do by prediction, beside published figures. */
final class PlanSection {

  private final CycleReport report;
  private final Drawing drawing;

  PlanSection(CycleReport report, Drawing drawing) {
    this.report = report;
    this.drawing = drawing;
  }

  PageSection section() {
    PageSection section =
        new PageSection("planning", "Planning for cards")
            .paragraph(
                "Predictions, all of them: cycles of the model, divided by a target clock that"
                    + " nothing placed or routed supports, before memory of the nominal bandwidth"
                    + " of the channels that the ports use and of the latency in the table. All"
                    + " clusters of a card work on one round. Operands and keys are on the card.")
            .paragraph(
                "Yardstick: "
                    + Yardstick.SOURCE
                    + ". Its transforms are those of one core of 16 butterflies at 300 MHz; its key"
                    + " switches come from a chain of such cores on a Stratix 10, which is"
                    + " built for one size of them.");
    if (!report.plans().isEmpty()) {
      chart("Transforms", Yardstick::nttPerSecond, CardPlan.Rate::nttPerSecond)
          .addTo(section, drawing);
      chart("Key switches", Yardstick::keySwitchesPerSecond, CardPlan.Rate::keySwitchesPerSecond)
          .addTo(section, drawing);
      Yardstick.HEAX.forEach(y -> addTable(section, y));
    }
    return section;
  }

  private BarChart chart(
      String what, ToDoubleFunction<Yardstick> published, ToDoubleFunction<CardPlan.Rate> rate) {
    BarChart chart =
        new BarChart(
                what + " a second, predicted",
                "a second",
                Yardstick.HEAX.stream().map(y -> "N = " + y.degree()).toList())
            .logarithmic()
            .add(
                "HEAX",
                Drawing.QUIET,
                Yardstick.HEAX.stream().map(published::applyAsDouble).toList());
    int color = 0;
    for (CardPlan plan : report.plans()) {
      List<@Nullable Double> values = new ArrayList<>();
      for (Yardstick y : Yardstick.HEAX) {
        CardPlan.@Nullable Rate at = plan.at(y.degree());
        values.add(at == null ? null : rate.applyAsDouble(at));
      }
      chart.add(plan.card(), Drawing.color(color++), values);
    }
    return chart;
  }

  private void addTable(PageSection section, Yardstick y) {
    List<List<PageCell>> rows = new ArrayList<>();
    for (CardPlan plan : report.plans()) {
      CardPlan.Rate rate = plan.at(y.degree());
      if (rate != null) {
        List<PageCell> cells =
            new ArrayList<>(
                PageCell.row(
                    plan.card(),
                    plan.clusters() + " × P " + plan.butterflies(),
                    String.format(Locale.ROOT, "%.0f MHz", plan.clockMhz()),
                    String.format(
                        Locale.ROOT,
                        "%.0f GB/s",
                        plan.bytesPerCycle() * plan.clockMhz() * 1e6 / 1e9),
                    plan.memory(),
                    plan.latencyCycles() + " cycles"));
        cells.add(CyclePage.predicted(Figures.rate(rate.nttPerSecond())));
        cells.add(CyclePage.predicted(Figures.rate(rate.keySwitchesPerSecond())));
        cells.add(CyclePage.predicted(Figures.bytes(rate.keySwitchBytes())));
        cells.add(CyclePage.predicted(Figures.percent(rate.memoryShare(), 1)));
        rows.add(cells);
      }
    }
    rows.add(
        PageCell.row(
            Yardstick.SOURCE,
            "16 / chain",
            "300 MHz",
            "",
            "",
            "",
            Figures.rate(y.nttPerSecond()),
            Figures.rate(y.keySwitchesPerSecond()),
            "",
            ""));
    section
        .heading("N = " + y.degree() + ", key switches at L = " + y.limbs())
        .figures(
            List.of(
                "card",
                "clusters",
                "clock",
                "bandwidth",
                "memory",
                "latency",
                "NTT/s",
                "key switches/s",
                "bytes a key switch",
                "bandwidth used"),
            rows);
  }
}
