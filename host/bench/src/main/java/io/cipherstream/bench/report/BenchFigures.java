package io.cipherstream.bench.report;

import java.util.Locale;

/** Figures and names as readers see them. */
public final class BenchFigures {

  private static final double LARGE = 100;
  private static final double THOUSAND = 1000;

  private BenchFigures() {}

  /** Three digits or more: 0.123, 12.3, 1234. */
  public static String figure(double value) {
    return value >= LARGE
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.3g", value);
  }

  /** A number a second. */
  static String rate(double value) {
    return value >= LARGE * THOUSAND
        ? String.format(Locale.ROOT, "%.0f k", value / THOUSAND)
        : value >= THOUSAND
            ? String.format(Locale.ROOT, "%.1f k", value / THOUSAND)
            : figure(value);
  }

  /** The unit of a case's samples. */
  public static String unit(BenchCase what) {
    return what.kind() == BenchCase.Kind.SENTENCE ? Measurement.SECONDS : Measurement.MICROSECONDS;
  }

  static String threads(int threads) {
    return threads == 1 ? "1 thread" : threads + " threads";
  }

  /** What a table of such cases holds. */
  static String title(BenchCase what) {
    return switch (what.kind()) {
      case INSTRUCTION ->
          "Instructions: time for one limb, "
              + (what.limbs() == 1 ? "one limb" : what.limbs() + " limbs")
              + " a program, "
              + threads(what.threads());
      case OPERATION ->
          "Operations on ciphertexts of "
              + what.limbs()
              + " limbs: time for one, "
              + threads(what.threads());
      case SENTENCE -> "Whole sentences under encryption, all processors";
    };
  }

  /** What was measured, in a few words, without the engine. */
  public static String subject(BenchCase what) {
    String threads = what.threads() == 1 ? "" : ", " + threads(what.threads());
    return switch (what.kind()) {
      case INSTRUCTION ->
          what.name() + " " + what.parameters() + ", " + what.limbs() + " a program" + threads;
      case OPERATION ->
          what.name() + " " + what.parameters() + ", " + what.limbs() + " limbs" + threads;
      case SENTENCE -> what.name();
    };
  }

  /** {50, 38 × 3 | 50} bits. */
  static String primes(BenchReport.ParameterSet set) {
    StringBuilder text = new StringBuilder("{");
    int at = 0;
    while (at < set.primeBits().size()) {
      int bits = set.primeBits().get(at);
      int run = 0;
      while (at < set.primeBits().size() && set.primeBits().get(at) == bits) {
        run++;
        at++;
      }
      text.append(text.length() > 1 ? ", " : "").append(bits);
      if (run > 1) {
        text.append(" × ").append(run);
      }
    }
    return text.append(" | ").append(set.specialPrimeBits()).append("} bits").toString();
  }
}
