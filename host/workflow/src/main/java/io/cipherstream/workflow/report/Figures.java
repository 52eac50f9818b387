package io.cipherstream.workflow.report;

import java.util.Locale;

/** Figures as readers see them, the same in every language and on every page. */
public final class Figures {

  private static final double LARGE = 10_000;
  private static final double SMALL = 0.001;

  private Figures() {}

  /** A score in hundredths, such as {@code 81.2 ± 1.3}. */
  public static String score(double value, double error) {
    return hundredths(value, error, "", " ± ");
  }

  /** A mean over seeds with its standard deviation, such as {@code 81.2 (sd 0.4)}. */
  public static String mean(double value, double deviation) {
    String text = hundredths(value, deviation, "", " (sd ");
    return text.contains("(") ? text + ")" : text;
  }

  /** A difference with its sign, such as {@code −6.4 ± 1.4}. */
  public static String difference(Difference difference) {
    return hundredths(difference.value(), difference.standardError(), "+", " ± ").replace('-', '−');
  }

  private static String hundredths(double value, double error, String sign, String between) {
    if (!Double.isFinite(value)) {
      return "not defined";
    }
    double shown = Math.rint(1000 * value) / 10 + 0.0; // No negative zero.
    String text = String.format(Locale.ROOT, "%" + (shown == 0 ? "" : sign) + ".1f", shown);
    return Double.isFinite(error)
        ? text + between + String.format(Locale.ROOT, "%.1f", 100 * error)
        : text;
  }

  /** A time such as {@code 0.35 s}, {@code 45 s}, {@code 2 min 5 s} and {@code 1 h 20 min}. */
  public static String time(double seconds) {
    if (!Double.isFinite(seconds)) {
      return "–";
    }
    long whole = Math.round(seconds);
    if (seconds < 10 && whole != seconds) {
      return String.format(Locale.ROOT, seconds < 1 ? "%.2f s" : "%.1f s", seconds);
    }
    if (whole < 60) {
      return whole + " s";
    }
    return whole < 3600
        ? whole / 60 + " min " + whole % 60 + " s"
        : whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }

  /** Three digits of a figure, such as {@code 36.2}, {@code 0.00412} and {@code 2.1·10⁴}. */
  public static String number(double value) {
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "–" : value > 0 ? "∞" : "−∞";
    }
    double size = Math.abs(value);
    if (value == 0) {
      return "0";
    }
    if (size >= LARGE || size < SMALL) {
      String[] parts = String.format(Locale.ROOT, "%.1e", value).split("e", -1);
      return parts[0] + "·10" + raised(Integer.parseInt(parts[1]));
    }
    int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(size)));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static String raised(int exponent) {
    StringBuilder out = new StringBuilder();
    for (char c : Integer.toString(exponent).toCharArray()) {
      out.append(c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(c - '0'));
    }
    return out.toString();
  }

  /** A share as {@code 12 %}. */
  public static String share(double share) {
    return String.format(Locale.ROOT, share < 0.1 ? "%.1f %%" : "%.0f %%", 100 * share);
  }

  /** A count with its thousands apart, such as {@code 67 349}. */
  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value).replace(',', ' ');
  }
}
