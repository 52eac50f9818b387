package io.cipherstream.workflow.report;

import io.cipherstream.workflow.metric.Score;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model's quality through a conversion.
 *
 * @param data what was trained, chosen and reported on
 * @param truth the true answers of the development examples, for paired differences; null if not
 *     stored
 * @param variants the figures, in the order of the stages; several seeds of one role and name
 */
public record AccuracyTable(
    ExampleCounts data, @Nullable Predictions truth, List<Variant> variants) {

  private static final double TOLERANCE = 1e-6;

  /**
   * @throws IllegalArgumentException if there is no variant, the majority or the control is
   *     missing, variants differ in their scores' names, two have role, name and seed in common,
   *     predictions are not as many or of the kind as the truth, or an accuracy is not that of its
   *     predictions
   */
  public AccuracyTable {
    variants = ReportChecks.list("variants", variants);
    for (Variant.Role role : List.of(Variant.Role.MAJORITY, Variant.Role.CONTROL)) {
      if (variants.stream().noneMatch(v -> v.role() == role)) {
        throw new IllegalArgumentException(
            "a report without " + role + ": every report shows the majority and the control");
      }
    }
    List<String> names = names(variants.get(0));
    List<String> known = new ArrayList<>();
    for (Variant variant : variants) {
      if (!names(variant).equals(names)) {
        throw new IllegalArgumentException(
            variant.name() + " has scores " + names(variant) + ": expected " + names);
      }
      String key = key(variant) + " seed " + variant.seed();
      if (known.contains(key)) {
        throw new IllegalArgumentException("two variants " + key + ": expected different seeds");
      }
      known.add(key);
      checkPredictions(variant, data, truth);
    }
  }

  private static void checkPredictions(
      Variant variant, ExampleCounts data, @Nullable Predictions truth) {
    Predictions own = variant.predictions();
    if (own == null) {
      return;
    }
    boolean hits = own.kind() == Predictions.Kind.HITS;
    boolean fits =
        own.examples() == data.dev()
            && (hits
                || truth == null
                || (truth.kind() == own.kind() && truth.examples() == own.examples()));
    if (!fits) {
      throw new IllegalArgumentException(
          own.examples()
              + " predictions of "
              + variant.name()
              + ", "
              + own.kind()
              + ": expected those of "
              + data.dev()
              + " development examples, of the kind of the truth, "
              + (truth == null ? "none" : truth.kind()));
    }
    double counted = hits ? mean(own.hits()) : accuracy(own, truth);
    double said = variant.scores().get(0).value();
    if (variant.scores().get(0).name().equals("accuracy") && Math.abs(counted - said) > TOLERANCE) {
      throw new IllegalArgumentException(
          "accuracy " + said + " of " + variant.name() + ": its predictions have " + counted);
    }
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** NaN if it cannot be counted. */
  private static double accuracy(Predictions own, @Nullable Predictions truth) {
    if (truth == null || own.kind() != Predictions.Kind.CLASSES) {
      return Double.NaN;
    }
    int[] there = truth.classes();
    int[] said = own.classes();
    int right = 0;
    for (int i = 0; i < there.length; i++) {
      right += there[i] == said[i] ? 1 : 0;
    }
    return (double) right / there.length;
  }

  /** Names of the scores, the one to compare by first. */
  public List<String> metrics() {
    return names(variants.get(0));
  }

  /** Variants of several seeds together, in the order in which they first come. */
  public List<VariantGroup> groups() {
    Map<String, List<Variant>> groups = new LinkedHashMap<>();
    variants.forEach(v -> groups.computeIfAbsent(key(v), k -> new ArrayList<>()).add(v));
    return groups.values().stream().map(VariantGroup::new).toList();
  }

  /** The first group of a role. */
  public Optional<VariantGroup> first(Variant.Role role) {
    return groups().stream().filter(g -> g.role() == role).findFirst();
  }

  /** The first score of a group minus that of the first group of a role, if there is one. */
  public Optional<Difference> difference(VariantGroup group, Variant.Role role) {
    return first(role).map(reference -> group.minus(reference, truth, 0));
  }

  private static String key(Variant variant) {
    return variant.role() + " " + variant.name();
  }

  private static List<String> names(Variant variant) {
    return variant.scores().stream().map(Score::name).toList();
  }
}
