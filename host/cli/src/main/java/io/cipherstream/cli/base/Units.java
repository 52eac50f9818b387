package io.cipherstream.cli.base;

import java.util.Locale;

/** Sizes and times for people. */
public final class Units {

  private static final String[] PREFIXES = {"kB", "MB", "GB", "TB"};

  private Units() {}

  /** Decimal prefixes: 1 kB is 1000 bytes. */
  public static String bytes(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double value = bytes;
    int prefix = -1;
    while (value >= 1000 && prefix < PREFIXES.length - 1) {
      value /= 1000;
      prefix++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, PREFIXES[prefix]);
  }
}
