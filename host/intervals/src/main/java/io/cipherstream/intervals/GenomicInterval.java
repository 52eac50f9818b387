package io.cipherstream.intervals;

/**
 * The base pairs [start, end) of a chromosome, counted from 0 as in BED.
 *
 * @param line of the file that it was read from, from 1; for messages
 */
public record GenomicInterval(String chromosome, int start, int end, long line) {

  /**
   * @throws IntervalException unless 0 ≤ start &lt; end; an interval has at least one base pair
   */
  public GenomicInterval {
    if (start < 0 || end <= start) {
      throw new IntervalException(
          "line "
              + line
              + ": start "
              + start
              + " and end "
              + end
              + ", expected 0 <= start < end (an interval of no base pairs has no place in a bin)");
    }
  }
}
