package io.cipherstream.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Figures as readers see them, the same in every language and on every page. */
public final class Figures {

  private static final double LARGE = 10_000;
  private static final double SMALL = 0.001;
  private static final double KILO = 1e3;
  private static final double MEGA = 1e6;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

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

  /** A difference of scores with its sign, such as {@code −6.4 ± 1.4}. */
  public static String difference(double value, double error) {
    return hundredths(value, error, "+", " ± ").replace('-', '−');
  }

  private static String hundredths(double value, double error, String sign, String between) {
    if (!Double.isFinite(value)) {
      return "not defined";
    }
    double shown = Math.rint(1000 * value) / 10 + 0.0; // No negative zero.
    String text = format("%" + (shown == 0 ? "" : sign) + ".1f", shown);
    return Double.isFinite(error) ? text + between + format("%.1f", 100 * error) : text;
  }

  /**
   * A time such as {@code 945.5 µs}, {@code 16.37 ms}, {@code 0.35 s}, {@code 45 s}, {@code 2 min 5
   * s} and {@code 1 h 20 min}.
   */
  public static String time(double seconds) {
    if (!Double.isFinite(seconds)) {
      return "–";
    }
    if (seconds > 0 && seconds < 0.1) {
      return seconds < 1 / KILO
          ? format("%.1f µs", seconds * MEGA)
          : format("%.2f ms", seconds * KILO);
    }
    long whole = Math.round(seconds);
    if (seconds < 10 && whole != seconds) {
      return format(seconds < 1 ? "%.2f s" : "%.1f s", seconds);
    }
    if (whole < 60) {
      return whole + " s";
    }
    return whole < 3600
        ? whole / 60 + " min " + whole % 60 + " s"
        : whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }

  /** A moment such as {@code 2 January 2026, 03:04 UTC}. */
  public static String date(Instant moment) {
    return DATE.format(moment);
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
      String[] parts = format("%.1e", value).split("e", -1);
      return parts[0] + "·10" + raised(Integer.parseInt(parts[1]));
    }
    return digits(value);
  }

  /** Three digits or more, never as a power: {@code 0.123}, {@code 12.3}, {@code 12345}. */
  public static String digits(double value) {
    double size = Math.abs(value);
    int decimals = size == 0 ? 0 : Math.max(0, 2 - (int) Math.floor(Math.log10(size)));
    return format("%." + decimals + "f", value);
  }

  private static String raised(int exponent) {
    StringBuilder out = new StringBuilder();
    for (char c : Integer.toString(exponent).toCharArray()) {
      out.append(c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(c - '0'));
    }
    return out.toString();
  }

  /** A share as {@code 12 %}, a small one as {@code 1.2 %}. */
  public static String share(double share) {
    return format(share < 0.1 ? "%.1f %%" : "%.0f %%", 100 * share);
  }

  /** A share with that many decimals: {@code 98.1 %}. */
  public static String percent(double share, int decimals) {
    return format("%." + decimals + "f %%", 100 * share);
  }

  /** A difference in percent with its sign: {@code +1.2 %}. */
  public static String signedPercent(double share) {
    double percent = Math.rint(1000 * share) / 10;
    return percent == 0 ? "0.0 %" : format("%+.1f %%", percent);
  }

  /** A count with its thousands apart, such as {@code 67 349}; a fraction is rounded. */
  public static String count(double value) {
    return format("%,.0f", value).replace(',', ' ');
  }

  /** So many a second: {@code 476}, {@code 24.4 k}, {@code 337 k}. */
  public static String rate(double value) {
    if (value < KILO) {
      return digits(value);
    }
    return format(value < 100 * KILO ? "%.1f k" : "%.0f k", value / KILO);
  }

  /** Bytes: {@code 15.0 kB}, {@code 4.00 MB}. */
  public static String bytes(double bytes) {
    return bytes < MEGA ? format("%.1f kB", bytes / KILO) : format("%.2f MB", bytes / MEGA);
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
