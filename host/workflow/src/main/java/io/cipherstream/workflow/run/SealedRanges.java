package io.cipherstream.workflow.run;

import io.cipherstream.model.sealed.Quantity;
import io.cipherstream.model.sealed.QuantityRange;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.model.sealed.SealedManifest;
import io.cipherstream.workflow.report.RangeLine;
import io.cipherstream.workflow.report.RangeTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What a sealed model's manifest says of its ranges, as tables of a report: one a kind of text. */
final class SealedRanges {

  private SealedRanges() {}

  static List<RangeTable> of(String title, SealedManifest manifest) {
    return List.of(
        table(title, "texts of the task", manifest, QuantityRange::texts),
        table(title, "random word pieces", manifest, QuantityRange::random),
        table(title, "one word piece repeated", manifest, QuantityRange::repeated),
        table(title, "texts that a search made worse", manifest, QuantityRange::searched));
  }

  private static RangeTable table(
      String title, String kind, SealedManifest manifest, ToDoubleFunction<QuantityRange> value) {
    List<RangeLine> lines = new ArrayList<>();
    for (Quantity quantity : Quantity.values()) {
      List<QuantityRange> seen =
          manifest.ranges().stream().filter(r -> r.quantity() == quantity).toList();
      if (seen.isEmpty()) {
        continue;
      }
      if (quantity == Quantity.LOGIT) {
        lines.add(
            new RangeLine(
                "output",
                List.of(value.applyAsDouble(seen.get(0))),
                List.of(manifest.outputBound())));
        continue;
      }
      List<Double> layers = new ArrayList<>();
      for (int layer = 0; layer < SealedEncoder.LAYERS; layer++) {
        int at = layer;
        layers.add(
            seen.stream()
                .filter(r -> r.layer() == at)
                .mapToDouble(value)
                .findFirst()
                .orElse(Double.NaN));
      }
      lines.add(new RangeLine(name(quantity), layers, List.of()));
    }
    return new RangeTable(title + ", " + kind, kind, Double.NaN, lines);
  }

  private static String name(Quantity quantity) {
    return quantity.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
