package io.cipherstream.bench.report;

/** Cases and parameter sets in words. */
public final class BenchFigures {

  private BenchFigures() {}

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
