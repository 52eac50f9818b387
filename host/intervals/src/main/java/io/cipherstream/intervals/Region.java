package io.cipherstream.intervals;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of the genome that a query is about.
 *
 * @param start first base pair, from 0
 * @param end behind the last one; {@link #TO_THE_END} for the chromosome's length
 */
public record Region(String chromosome, long start, long end) {

  /** Of a region without coordinates. */
  public static final long TO_THE_END = -1;

  private static final Pattern FORM =
      Pattern.compile("(.+):([0-9][0-9,]{0,13})-([0-9][0-9,]{0,13})");

  /**
   * Reads {@code chr1:0-250000}, from 0 and half open as in BED, or {@code chr1}.
   *
   * @throws IntervalException for anything else
   */
  public static Region parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (matcher.matches()) {
      return new Region(matcher.group(1), number(matcher.group(2)), number(matcher.group(3)));
    }
    if (text.isBlank() || text.indexOf(':') >= 0) {
      throw new IntervalException(
          "region '" + text + "': expected CHROMOSOME or CHROMOSOME:START-END, from 0 as in BED");
    }
    return new Region(text, 0, TO_THE_END);
  }

  private static long number(String digits) {
    return Long.parseLong(digits.replace(",", ""));
  }

  @Override
  public String toString() {
    return end == TO_THE_END ? chromosome : chromosome + ":" + start + "-" + end;
  }
}
