package io.cipherstream.ckks;

import io.cipherstream.ckks.CkksException.Kind;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/**
 * Preconditions of CKKS operations, checked by {@link CkksEvaluator} for every engine, so that one
 * mistake gets one message whichever engine runs. Each method throws {@link CkksException} that
 * names the operation.
 */
public final class CkksChecks {

  /** Largest |value| · scale of a periodic plaintext: coefficients are 64-bit integers. */
  public static final double COEFFICIENT_MAX = 0x1p62;

  private static final double SCALE_TOLERANCE = 0x1p-20;

  private CkksChecks() {}

  /** 1 ≤ limbs ≤ L. */
  public static void limbs(String operation, CkksParameters parameters, int limbs) {
    if (limbs < 1 || limbs > parameters.dataLimbs()) {
      throw new CkksException(
          Kind.SHAPE, operation + ": " + limbs + " limbs, expected 1 to " + parameters.dataLimbs());
    }
  }

  /** Two or three polynomials, limbs and scale in range. */
  public static void form(String operation, CkksParameters parameters, CiphertextForm form) {
    if (form.size() != 2 && form.size() != 3) {
      throw new CkksException(
          Kind.SHAPE, operation + ": " + form.size() + " polynomials, expected 2 or 3");
    }
    limbs(operation, parameters, form.limbs());
    scale(operation, parameters, form.limbs(), form.scale());
  }

  /** The scale is finite, positive, and twice the scale is below the modulus of that many limbs. */
  public static void scale(String operation, CkksParameters parameters, int limbs, double scale) {
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new CkksException(
          Kind.SCALE, operation + ": scale " + scale + ", expected finite and positive");
    }
    double bits = Math.log(scale) / Math.log(2) + 1;
    if (bits >= parameters.modulusBits(limbs)) {
      throw new CkksException(
          Kind.SCALE,
          String.format(
              "%s: a scale of 2^%.2f does not fit the %.2f bits of %d limbs; rescale before, or use"
                  + " smaller scales",
              operation, bits - 1, parameters.modulusBits(limbs), limbs));
    }
  }

  /** Two scales agree within 2⁻²⁰ relative. */
  public static void equalScales(String operation, double a, double b) {
    if (!(Math.abs(a - b) <= SCALE_TOLERANCE * Math.max(a, b))) {
      throw new CkksException(
          Kind.SCALE, operation + ": scales " + a + " and " + b + ", expected equal ones");
    }
  }

  /** Two limb counts are equal. */
  public static void equalLimbs(String operation, int a, int b) {
    if (a != b) {
      throw new CkksException(
          Kind.SHAPE, operation + ": " + a + " and " + b + " limbs, expected equal ones");
    }
  }

  /** A ciphertext of that size. */
  public static void size(String operation, Ciphertext a, int size) {
    if (a.size() != size) {
      throw new CkksException(
          Kind.SHAPE, operation + ": ciphertext of " + a.size() + " polynomials, expected " + size);
    }
  }

  /** A plaintext of at least as many limbs as the ciphertext. */
  public static void plainLimbs(String operation, Ciphertext a, int limbs) {
    if (limbs < a.limbs()) {
      throw new CkksException(
          Kind.SHAPE,
          operation
              + ": plaintext of "
              + limbs
              + " limbs, expected at least the ciphertext's "
              + a.limbs());
    }
  }

  /** The index of a plaintext of the array. */
  public static void index(String operation, PeriodicPlaintexts w, int index) {
    if (index < 0 || index >= w.count()) {
      throw new CkksException(
          Kind.SHAPE,
          operation + ": plaintext index " + index + ", expected 0 to " + (w.count() - 1));
    }
  }

  /**
   * A key for a rotation, given for at least that many limbs.
   *
   * @return limbs that it was given for
   * @throws CkksException of kind KEY_MISSING
   */
  public static int rotationKey(String operation, EvaluationKeys keys, int step, int limbs) {
    return key(operation, "rotation key for step " + step, keys.rotationLimbs(step), limbs);
  }

  /** The same of the relinearisation key. */
  public static int relinearizationKey(String operation, EvaluationKeys keys, int limbs) {
    return key(operation, "relinearisation key", keys.relinearizationLimbs(), limbs);
  }

  private static int key(String operation, String key, OptionalInt given, int limbs) {
    if (given.isEmpty()) {
      throw new CkksException(
          Kind.KEY_MISSING, operation + ": the " + key + " was not given; the client uploads it");
    }
    if (given.getAsInt() < limbs) {
      throw new CkksException(
          Kind.KEY_MISSING,
          operation
              + ": the "
              + key
              + " serves "
              + given.getAsInt()
              + " limbs, the ciphertext has "
              + limbs);
    }
    return given.getAsInt();
  }

  /** At most N/2 finite values, each with 2 · |value| · scale below the modulus. */
  public static void slots(
      String operation, CkksParameters parameters, double[] slots, int limbs, double scale) {
    if (slots.length > parameters.slots()) {
      throw new CkksException(
          Kind.SHAPE,
          operation + ": " + slots.length + " slots, expected at most " + parameters.slots());
    }
    values(operation, slots, bound(parameters, limbs, scale));
  }

  /** The same, or N values: N/2 real parts and as many imaginary ones behind them. */
  public static void slotsOrComplex(
      String operation, CkksParameters parameters, double[] slots, int limbs, double scale) {
    if (slots.length == parameters.degree()) {
      values(operation, slots, bound(parameters, limbs, scale));
    } else {
      slots(operation, parameters, slots, limbs, scale);
    }
  }

  /** One or more rows of equal length F, each value as in {@link #slots}. */
  public static void rows(
      String operation, CkksParameters parameters, double[][] rows, int limbs, double scale) {
    if (rows.length == 0) {
      throw new CkksException(Kind.SHAPE, operation + ": no rows, expected at least one");
    }
    limbs(operation, parameters, limbs);
    scale(operation, parameters, limbs, scale);
    double bound = bound(parameters, limbs, scale);
    for (double[] row : rows) {
      if (row.length != rows[0].length) {
        throw new CkksException(
            Kind.SHAPE,
            operation + ": a row of " + row.length + " values, expected " + rows[0].length);
      }
      values(operation, row, bound);
    }
  }

  /**
   * The same of complex rows: F real parts, then F imaginary ones, F at least 2. No polynomial in
   * X^(N/2) has i in every slot, since its values at roots ζ^1 and ζ^3 are conjugates.
   */
  public static void complexRows(
      String operation, CkksParameters parameters, double[][] rows, int limbs, double scale) {
    rows(operation, parameters, rows, limbs, scale);
    if (rows[0].length % 2 != 0 || rows[0].length < 4) {
      throw new CkksException(
          Kind.SHAPE,
          operation
              + ": complex rows of "
              + rows[0].length
              + " values, expected as many real as imaginary parts, at least two of each");
    }
  }

  /** Half the modulus over the scale. */
  private static double bound(CkksParameters parameters, int limbs, double scale) {
    return Math.pow(2, Math.min(1000, parameters.modulusBits(limbs) - 1)) / scale;
  }

  /** Finite values of at most that magnitude. */
  public static void values(String operation, double[] values, double bound) {
    for (int i = 0; i < values.length; i++) {
      if (!(Math.abs(values[i]) < bound)) {
        throw new CkksException(
            Kind.VALUE,
            operation
                + ": value "
                + values[i]
                + " of slot "
                + i
                + ", expected finite and below "
                + bound
                + " at this scale");
      }
    }
  }

  /** A direct buffer with at least that many bytes from its position on. */
  public static void words(String operation, ByteBuffer buffer, long bytes) {
    if (!buffer.isDirect()) {
      throw new CkksException(Kind.WORDS, operation + ": a heap buffer, expected a direct one");
    }
    if (buffer.remaining() < bytes) {
      throw new CkksException(
          Kind.WORDS, operation + ": " + buffer.remaining() + " bytes, expected " + bytes);
    }
  }

  /**
   * Words {@code [poly][limb][coefficient]}, each below its prime.
   *
   * @param words little endian, whole polynomials from position 0 to the limit
   * @throws CkksException of kind WORDS that names the first word that is not
   */
  public static void canonical(
      String operation, CkksParameters parameters, int limbs, ByteBuffer words) {
    int degree = parameters.degree();
    int count = words.limit() / Long.BYTES;
    for (int at = 0; at < count; at += degree) {
      long last = parameters.dataPrime(at / degree % limbs).value() - 1;
      long signs = 0; // the top bit is set if and only if a word is above the last residue
      for (int k = at; k < at + degree; k++) {
        long word = words.getLong(k * Long.BYTES);
        signs |= word | (last - word);
      }
      for (int k = at; signs < 0 && k < at + degree; k++) {
        long word = words.getLong(k * Long.BYTES);
        if (word < 0 || word > last) {
          throw new CkksException(
              Kind.WORDS,
              operation
                  + ": word "
                  + k
                  + " is "
                  + Long.toUnsignedString(word)
                  + ", expected at most "
                  + last);
        }
      }
    }
  }

  /**
   * As {@link #words}, for a buffer that native code writes to: it would not notice that the buffer
   * is read-only.
   */
  public static void destination(String operation, ByteBuffer buffer, long bytes) {
    words(operation, buffer, bytes);
    if (buffer.isReadOnly()) {
      throw new CkksException(
          Kind.WORDS, operation + ": a read-only buffer, expected one to write to");
    }
  }

  /**
   * The rotation step in [0, N/2) that does the same.
   *
   * @throws CkksException if the step is not in (−N/2, N/2)
   */
  public static int step(String operation, CkksParameters parameters, int step) {
    int slots = parameters.slots();
    if (step <= -slots || step >= slots) {
      throw new CkksException(
          Kind.SHAPE,
          operation + ": step " + step + ", expected more than −N/2 and less than N/2 = " + slots);
    }
    return Math.floorMod(step, slots);
  }

  /**
   * The same of a step that names a key or an automorphism: N/2 stands for complex conjugation and
   * is given back.
   *
   * @throws CkksException if the step is not in (−N/2, N/2]
   */
  public static int keyStep(String operation, CkksParameters parameters, int step) {
    return step == parameters.conjugationStep() ? step : step(operation, parameters, step);
  }
}
