package io.cipherstream.workflow.report;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * A point of a training curve. In JSON it is an array of these four.
 *
 * @param step of the optimizer, from 0
 * @param loss mean loss of the step's batch; NaN if not finite or not recorded
 * @param learningRate NaN if not recorded
 * @param heldOutScore the held-out score after the step; NaN if not recorded
 */
@JsonFormat(shape = JsonFormat.Shape.ARRAY)
@JsonPropertyOrder({"step", "loss", "learningRate", "heldOutScore"})
public record CurvePoint(long step, double loss, double learningRate, double heldOutScore) {

  /**
   * @throws IllegalArgumentException if the step is negative
   */
  public CurvePoint {
    ReportChecks.count("step", step);
  }

  /** A training step without an evaluation. */
  public static CurvePoint trained(long step, double loss, double learningRate) {
    return new CurvePoint(step, loss, learningRate, Double.NaN);
  }

  /** An evaluation on the held-out part. */
  public static CurvePoint evaluated(long step, double heldOutScore) {
    return new CurvePoint(step, Double.NaN, Double.NaN, heldOutScore);
  }
}
