package io.cipherstream.client.bed;

import htsjdk.tribble.TribbleException;
import htsjdk.tribble.bed.BEDCodec;
import htsjdk.tribble.bed.BEDFeature;
import io.cipherstream.intervals.GenomicInterval;
import io.cipherstream.intervals.IntervalException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads BED and bedGraph, plain or compressed by gzip or bgzip, with htsjdk's codec. Of each line
 * the first three fields count; bedGraph's value is not used. Comments, {@code track} and {@code
 * browser} lines and empty lines are skipped. Lines may end as on Windows.
 */
public final class BedReader {

  /** Most intervals of a file. */
  public static final int INTERVALS_MAX = 20_000_000;

  /** Longest line in characters. */
  private static final int LINE_CHARS_MAX = 1 << 20;

  private static final int FIELDS_MIN = 3;
  private static final int GZIP_MAGIC = 0x1f8b;

  private final BEDCodec codec = new BEDCodec();

  private BedReader() {}

  /**
   * All intervals of a file, in its order.
   *
   * @throws IntervalException that names the file and the line of what is no interval
   * @throws IOException if the file cannot be read
   */
  public static List<GenomicInterval> read(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return read(in);
    } catch (IntervalException e) {
      throw new IntervalException(file + ", " + e.getMessage());
    } catch (ZipException | EOFException e) {
      throw new IntervalException(file + " is damaged: " + e.getMessage());
    }
  }

  private static List<GenomicInterval> read(InputStream in) throws IOException {
    in.mark(2);
    boolean compressed = (in.read() << 8 | in.read()) == GZIP_MAGIC;
    in.reset();
    InputStream plain = compressed ? new GZIPInputStream(in) : in;
    Reader reader =
        new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8), 1 << 16);
    BedReader bed = new BedReader();
    List<GenomicInterval> intervals = new ArrayList<>();
    long number = 1;
    for (String line = line(reader, number); line != null; line = line(reader, number)) {
      GenomicInterval interval = bed.interval(line, number);
      if (interval != null) {
        intervals.add(interval);
      }
      if (intervals.size() > INTERVALS_MAX) {
        throw new IntervalException(
            "line "
                + number
                + ": more than "
                + INTERVALS_MAX
                + " intervals: merge them first, or split the file by chromosome");
      }
      number++;
    }
    return intervals;
  }

  /** The next line without its end; null behind the last. */
  private static @Nullable String line(Reader reader, long number) throws IOException {
    StringBuilder line = new StringBuilder();
    int next = reader.read();
    if (next < 0) {
      return null;
    }
    for (; next >= 0 && next != '\n'; next = reader.read()) {
      if (next == 0 || line.length() == LINE_CHARS_MAX) {
        throw new IntervalException(
            "line "
                + number
                + (next == 0
                    ? " has a character 0: the file is not text"
                    : " is longer than " + LINE_CHARS_MAX + " characters"));
      }
      line.append((char) next);
    }
    int length = line.length();
    if (length > 0 && line.charAt(length - 1) == '\r') {
      line.setLength(length - 1);
    }
    return line.toString();
  }

  private @Nullable GenomicInterval interval(String line, long number) {
    if (line.isBlank()) {
      return null;
    }
    BEDFeature feature;
    try {
      feature = codec.decode(line);
    } catch (NumberFormatException | TribbleException | ArrayIndexOutOfBoundsException e) {
      throw malformed(line, number);
    }
    if (feature == null) {
      if (line.startsWith("#") || line.startsWith("track") || line.startsWith("browser")) {
        return null;
      }
      throw malformed(line, number);
    }
    if (line.split("\t| +", FIELDS_MIN + 1).length < FIELDS_MIN) {
      throw malformed(line, number);
    }
    // The codec counts from 1, and the last base pair is its end.
    return new GenomicInterval(
        feature.getContig(), feature.getStart() - 1, feature.getEnd(), number);
  }

  private static IntervalException malformed(String line, long number) {
    String shown = line.substring(0, Math.min(80, line.length())).replaceAll("\\p{C}", " ");
    return new IntervalException(
        "line "
            + number
            + ": '"
            + shown
            + "', expected a chromosome, a start and an end, separated by tabulators");
  }
}
