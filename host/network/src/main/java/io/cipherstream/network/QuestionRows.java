package io.cipherstream.network;

import io.cipherstream.model.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The client's side of a request: questions to slots, and slots to answers. Question r has the F
 * slots from r·F on; its feature f is in ciphertext f div F at place f mod F.
 */
public final class QuestionRows {

  /** How much of the sentinel's bound noise may add. */
  private static final double TOLERANCE = 1e-2;

  private final NetworkPlan plan;
  private final NetworkShape shape;

  public QuestionRows(NetworkPlan plan) {
    this.plan = plan;
    this.shape = plan.shape();
  }

  /**
   * An answer.
   *
   * @param values one number for each output
   * @param inRange false if a layer's numbers were certainly beyond the range that its polynomials
   *     were made for, so that the values mean nothing
   */
  public record Values(double[] values, boolean inRange) {

    /** Index of the largest value. */
    public int largest() {
      int largest = 0;
      for (int i = 1; i < values.length; i++) {
        largest = values[i] > values[largest] ? i : largest;
      }
      return largest;
    }
  }

  /**
   * Checks a question.
   *
   * @param name of the question in the message
   * @throws ModelException of kind SHAPE for another number of inputs, VALUE for one that is not in
   *     its range
   */
  public void check(double[] question, String name) {
    if (question.length != shape.inputs().size()) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          name + " has " + question.length + " numbers: the model takes " + shape.inputs().size());
    }
    for (int i = 0; i < question.length; i++) {
      double from = shape.inputs().get(i).domain().from();
      double to = shape.inputs().get(i).domain().to();
      if (!(question[i] >= from && question[i] <= to)) {
        throw new ModelException(
            ModelException.Kind.VALUE,
            name
                + " has "
                + question[i]
                + " as number "
                + (i + 1)
                + ": the model takes "
                + from
                + " to "
                + to
                + "; scale it as for training");
      }
    }
  }

  /**
   * @param questions at most {@link NetworkPlan#size}, each checked
   */
  public List<double[]> slots(List<double[]> questions) {
    int row = shape.row();
    List<double[]> blocks = new ArrayList<>();
    for (int b = 0; b < plan.inputs().size(); b++) {
      blocks.add(new double[plan.parameters().slots()]);
    }
    for (int r = 0; r < questions.size(); r++) {
      double[] features = Network.features(shape, questions.get(r));
      for (int f = 0; f < features.length; f++) {
        blocks.get(f / row)[r * row + f % row] = features[f];
      }
    }
    return blocks;
  }

  /** The first {@code count} questions' answers. */
  public List<Values> answers(double[] slots, int count) {
    List<Values> answers = new ArrayList<>();
    for (int r = 0; r < count; r++) {
      int at = r * shape.row();
      double sentinel = shape.watched() ? Math.abs(slots[at + shape.answers()]) : 0;
      answers.add(
          new Values(
              Arrays.copyOfRange(slots, at, at + shape.answers()),
              sentinel <= shape.sentinelMax() * (1 + TOLERANCE)));
    }
    return answers;
  }
}
