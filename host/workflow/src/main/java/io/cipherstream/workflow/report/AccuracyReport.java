package io.cipherstream.workflow.report;

import io.cipherstream.workflow.metric.Score;
import java.util.List;

/**
 * What a conversion did to a model's quality.
 *
 * @param schemaVersion {@link #SCHEMA_VERSION}
 * @param task name of the task
 * @param data what was trained, chosen and reported on
 * @param variants lines of the table, in the order of the stages
 * @param notes what a reader should keep in mind
 */
public record AccuracyReport(
    int schemaVersion, String task, Data data, List<Variant> variants, List<String> notes) {

  /** The version that this program writes. */
  public static final int SCHEMA_VERSION = 1;

  /**
   * Numbers of examples.
   *
   * @param training trained on
   * @param heldOut of the training file, to choose on
   * @param dev reported on
   * @param devTextsInTraining how many of dev have a text that the training file has too
   * @param chosenOnDev whether anything was chosen by looking at dev, so that its figures flatter
   */
  public record Data(
      int training, int heldOut, int dev, int devTextsInTraining, boolean chosenOnDev) {}

  /**
   * @throws IllegalArgumentException if there is no variant, variants differ in their scores'
   *     names, or the majority or the control is missing
   */
  public AccuracyReport {
    variants = List.copyOf(variants);
    notes = List.copyOf(notes);
    for (Variant.Role role : List.of(Variant.Role.MAJORITY, Variant.Role.CONTROL)) {
      if (variants.stream().noneMatch(v -> v.role() == role)) {
        throw new IllegalArgumentException(
            "a report without " + role + ": every report shows the majority and the control");
      }
    }
    List<String> names = names(variants.get(0));
    for (Variant variant : variants) {
      if (!names(variant).equals(names)) {
        throw new IllegalArgumentException(
            variant.name() + " has scores " + names(variant) + ": expected " + names);
      }
    }
  }

  /** A report of this program's version. */
  public static AccuracyReport of(
      String task, Data data, List<Variant> variants, List<String> notes) {
    return new AccuracyReport(SCHEMA_VERSION, task, data, variants, notes);
  }

  private static List<String> names(Variant variant) {
    return variant.scores().stream().map(Score::name).toList();
  }
}
