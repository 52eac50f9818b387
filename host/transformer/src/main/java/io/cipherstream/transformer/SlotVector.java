package io.cipherstream.transformer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The plain slots of a simulated ciphertext, real until something complex joins them. Immutable;
 * every operation gives new slots.
 *
 * @param re real parts of N/2 slots
 * @param im imaginary parts; null if all are 0
 */
@SuppressWarnings("ArrayRecordComponent") // a value under computation, never compared
record SlotVector(double[] re, double @Nullable [] im) {

  /**
   * Slots that a client encrypts: at most N/2 real ones, missing ones being 0, or N values, real
   * parts first.
   */
  static SlotVector of(double[] values, int slots) {
    return values.length == 2 * slots
        ? new SlotVector(
            Arrays.copyOf(values, slots), Arrays.copyOfRange(values, slots, values.length))
        : new SlotVector(Arrays.copyOf(values, slots), null);
  }

  /** N values, real parts first. */
  double[] parts() {
    double[] parts = Arrays.copyOf(re, 2 * re.length);
    System.arraycopy(orZeros(im), 0, parts, re.length, re.length);
    return parts;
  }

  static SlotVector zeros(int slots) {
    return new SlotVector(new double[slots], null);
  }

  SlotVector plus(SlotVector other) {
    return combined(other, 1);
  }

  SlotVector minus(SlotVector other) {
    return combined(other, -1);
  }

  private SlotVector combined(SlotVector other, double sign) {
    return new SlotVector(
        sum(re, other.re, sign),
        im == null && other.im == null ? null : sum(orZeros(im), orZeros(other.im), sign));
  }

  private double[] orZeros(double @Nullable [] part) {
    return part == null ? new double[re.length] : part;
  }

  private static double[] sum(double[] a, double[] b, double sign) {
    double[] out = new double[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = a[i] + sign * b[i];
    }
    return out;
  }

  /** A periodic vector at full length. */
  SlotVector repeated(int slots) {
    return new SlotVector(repeated(re, slots), im == null ? null : repeated(im, slots));
  }

  private static double[] repeated(double[] row, int slots) {
    double[] out = new double[slots];
    for (int i = 0; i < slots; i++) {
      out[i] = row[i % row.length];
    }
    return out;
  }

  /** The slot-wise product with slots whose length divides this one's, which repeat. */
  SlotVector times(SlotVector periodic) {
    return new ProductSum(re.length).add(this, periodic).total();
  }

  /** Slot i is slot i + step of this. */
  SlotVector rotated(int step) {
    return new SlotVector(rotated(re, step), im == null ? null : rotated(im, step));
  }

  private static double[] rotated(double[] x, int step) {
    double[] out = new double[x.length];
    int shift = Math.floorMod(step, x.length);
    System.arraycopy(x, shift, out, 0, x.length - shift);
    System.arraycopy(x, 0, out, x.length - shift, shift);
    return out;
  }

  SlotVector conjugate() {
    return im == null ? this : new SlotVector(re, Arrays.stream(im).map(value -> -value).toArray());
  }

  /** Mean of the slots' magnitudes. */
  double meanMagnitude() {
    double sum = 0;
    for (int i = 0; i < re.length; i++) {
      sum += im == null ? Math.abs(re[i]) : Math.hypot(re[i], im[i]);
    }
    return sum / re.length;
  }
}
