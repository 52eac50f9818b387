package io.cipherstream.bench.cycles.report;

import java.util.Locale;

/** Figures of the cycle report as readers see them. */
public final class CycleFigures {

  private static final double KILO = 1e3;
  private static final double MEGA = 1e6;
  private static final double TENS = 10;

  private CycleFigures() {}

  /** A whole number with spaces between thousands: 1 234 567. */
  public static String whole(double value) {
    return String.format(Locale.ROOT, "%,.0f", value).replace(',', '\u00a0');
  }

  /** A share in percent: 98.1 %. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f\u00a0%%", 100 * share);
  }

  /** A difference in percent with its sign: +1.2 %. */
  public static String signed(double share) {
    double percent = Math.rint(1000 * share) / 10;
    return percent == 0 ? "0.0\u00a0%" : String.format(Locale.ROOT, "%+.1f\u00a0%%", percent);
  }

  /** A ratio: 1.06. */
  public static String ratio(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  /** Time in microseconds or milliseconds. */
  public static String time(double seconds) {
    double micros = seconds * MEGA;
    return micros < KILO
        ? String.format(Locale.ROOT, "%.1f\u00a0µs", micros)
        : String.format(Locale.ROOT, "%.2f\u00a0ms", micros / KILO);
  }

  /** Bytes as kB or MB. */
  public static String bytes(double bytes) {
    return bytes < MEGA
        ? String.format(Locale.ROOT, "%.1f\u00a0kB", bytes / KILO)
        : String.format(Locale.ROOT, "%.2f\u00a0MB", bytes / MEGA);
  }

  /** A number a second: 97.7 k. */
  public static String rate(double value) {
    return value < TENS * KILO
        ? String.format(Locale.ROOT, "%.2f\u00a0k", value / KILO)
        : String.format(Locale.ROOT, "%.1f\u00a0k", value / KILO);
  }

  /** A memory port and its direction: ntt read. */
  public static String port(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
