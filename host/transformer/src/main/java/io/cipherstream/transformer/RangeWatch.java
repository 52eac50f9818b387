package io.cipherstream.transformer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Notes decrypted values far beyond the calibrated range, for the user and never for the appliance:
 * the answer is sent nevertheless. One thread at a time.
 */
final class RangeWatch {

  /**
   * Factor by which a decrypted value may exceed the largest one of calibration without a warning.
   */
  static final double WARNING_FACTOR = 8;

  private final ToDoubleFunction<Round> calibrated;
  private final List<String> warnings = new ArrayList<>();

  /**
   * @param calibrated largest value of what a round sends down; infinite if nothing is known
   */
  RangeWatch(ToDoubleFunction<Round> calibrated) {
    this.calibrated = calibrated;
  }

  void see(Round round, List<double[]> down) {
    double bound = WARNING_FACTOR * calibrated.applyAsDouble(round);
    double largest = 0;
    for (double[] vector : down) {
      for (double value : vector) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    if (!(largest <= bound)) {
      warnings.add(
          String.format(
              "layer %d, %s: a value of %.3g is beyond %.3g, %g times the largest of calibration;"
                  + " the result may be wrong",
              round.layer(), round.operation().label(), largest, bound, WARNING_FACTOR));
    }
  }

  List<String> warnings() {
    return warnings;
  }
}
