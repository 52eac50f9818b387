package io.cipherstream.workflow.train;

import java.util.ArrayList;
import java.util.List;

/** The state of a training except weights and optimizer; written as JSON. */
final class TrainingState {

  private static final double SMOOTHING = 0.02;

  public long step;
  public long examples;
  public long bestStep = -1;
  public double bestScore = Double.NEGATIVE_INFINITY;
  public int looksSinceBest;
  public long skipped;
  public int badInARow;
  public double lossSum;
  public int lossCount;
  public double seconds;
  public double smoothed = Double.NaN;
  public double lastScore = Double.NaN;
  public List<TrainingPoint> curve = new ArrayList<>();

  /**
   * Texts that a loss found and trains on, as word pieces; all texts of an entry have one length.
   */
  public List<int[][]> mined = new ArrayList<>();

  /** Records a step's loss and, at times, a point of the curve. */
  void note(double loss, double rate, boolean point) {
    lossSum += loss;
    lossCount++;
    smoothed = Double.isNaN(smoothed) ? loss : (1 - SMOOTHING) * smoothed + SMOOTHING * loss;
    if (point) {
      curve.add(new TrainingPoint(step, lossSum / lossCount, rate, Double.NaN));
      lossSum = 0;
      lossCount = 0;
    }
  }

  /**
   * Records a skipped step. The smoothed loss follows it, so that training accepts a lasting rise.
   */
  void spike(double factor) {
    smoothed *= 1 - SMOOTHING + SMOOTHING * factor;
  }

  /** Records a held-out score; returns true if it is the best so far. */
  boolean evaluated(double score, double rate) {
    curve.add(new TrainingPoint(step, smoothed, rate, score));
    lastScore = score;
    if (score > bestScore) {
      bestScore = score;
      bestStep = step;
      looksSinceBest = 0;
      return true;
    }
    looksSinceBest++;
    return false;
  }
}
