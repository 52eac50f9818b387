package io.cipherstream.workflow.data;

import java.util.Arrays;
import java.util.List;

/** The target of a task. */
public sealed interface Target {

  /** Number of model outputs: one logit per class, or one value. */
  int outputs();

  /** A target that is one of several classes. */
  sealed interface Labelled extends Target {

    /** Class names in the order of the logits. */
    List<String> labels();

    /** The weight wₖ of class k in the loss, Σᵢ w(yᵢ)·lossᵢ / Σᵢ w(yᵢ); as many as labels. */
    List<Double> weights();

    @Override
    default int outputs() {
      return labels().size();
    }

    /**
     * The index of a label by its name, or -1.
     *
     * @param name as it stands in a file
     */
    default int indexOf(String name) {
      return labels().indexOf(name);
    }
  }

  /** One class per text. */
  record Classes(List<String> labels, List<Double> weights) implements Labelled {

    /**
     * @throws DataException of kind TASK if there are fewer than two labels, one is blank or stands
     *     twice, or a weight is not positive and finite
     */
    public Classes {
      labels = checkedLabels(labels);
      weights = checkedWeights(labels, weights);
    }

    /** All classes weigh 1. */
    public static Classes of(String... labels) {
      return new Classes(List.of(labels), ones(labels.length));
    }
  }

  /** One class per word, as in named entity recognition. */
  record WordLabels(List<String> labels, List<Double> weights) implements Labelled {

    /**
     * @throws DataException of kind TASK as {@link Classes}
     */
    public WordLabels {
      labels = checkedLabels(labels);
      weights = checkedWeights(labels, weights);
    }

    /** All classes weigh 1. */
    public static WordLabels of(List<String> labels) {
      return new WordLabels(labels, ones(labels.size()));
    }
  }

  /**
   * A number per text.
   *
   * @param min smallest target
   * @param max largest target
   */
  record Value(double min, double max) implements Target {

    /**
     * @throws DataException of kind TASK unless min &lt; max, both finite
     */
    public Value {
      if (!(min < max) || !Double.isFinite(min) || !Double.isFinite(max)) {
        throw new DataException(
            DataException.Kind.TASK,
            "targets from " + min + " to " + max + ": expected finite bounds, the smaller first");
      }
    }

    @Override
    public int outputs() {
      return 1;
    }
  }

  private static List<Double> ones(int count) {
    Double[] ones = new Double[count];
    Arrays.fill(ones, 1.0);
    return List.of(ones);
  }

  private static List<String> checkedLabels(List<String> labels) {
    if (labels.size() < 2
        || labels.stream().anyMatch(String::isBlank)
        || labels.stream().distinct().count() != labels.size()) {
      throw new DataException(
          DataException.Kind.TASK,
          "labels " + labels + ": expected at least two distinct, non-empty names");
    }
    return List.copyOf(labels);
  }

  private static List<Double> checkedWeights(List<String> labels, List<Double> weights) {
    if (weights.size() != labels.size()
        || weights.stream().anyMatch(w -> !(w > 0) || Double.isInfinite(w))) {
      throw new DataException(
          DataException.Kind.TASK,
          "class weights "
              + weights
              + " for labels "
              + labels
              + ": expected one positive, finite weight per label");
    }
    return List.copyOf(weights);
  }
}
