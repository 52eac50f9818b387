package io.cipherstream.network;

import io.cipherstream.model.ModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Reads rows of numbers from a file of comma-separated values; a first row of names is skipped. */
public final class NumberRows {

  /** Most rows of a file. */
  private static final int ROWS_MAX = 1_000_000;

  private NumberRows() {}

  /**
   * All rows of a file.
   *
   * @throws ModelException of kind NOT_FOUND, IO, or MALFORMED, which names the row, for what is no
   *     finite number, for rows of different lengths, and for a file without rows
   */
  public static List<double[]> read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ModelException(ModelException.Kind.NOT_FOUND, "no file " + file);
    }
    List<double[]> rows = new ArrayList<>();
    try (CSVParser parser =
        CSVParser.parse(file, StandardCharsets.UTF_8, CSVFormat.DEFAULT.builder().get())) {
      for (CSVRecord record : parser) {
        if (record.getRecordNumber() > 1 || !isHeader(record)) {
          rows.add(numbers(record, file, rows));
        }
        if (rows.size() > ROWS_MAX) {
          throw malformed(file, "more than " + ROWS_MAX + " rows: split it");
        }
      }
    } catch (CSVException | java.io.UncheckedIOException e) {
      throw malformed(file, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new ModelException(ModelException.Kind.IO, "cannot read " + file + ": " + e, e);
    }
    if (rows.isEmpty()) {
      throw malformed(file, "no row of numbers");
    }
    return rows;
  }

  private static boolean isHeader(CSVRecord record) {
    return record.stream().noneMatch(NumberRows::isNumber);
  }

  private static boolean isNumber(String text) {
    try {
      return Double.isFinite(Double.parseDouble(text.strip()));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static double[] numbers(CSVRecord record, Path file, List<double[]> before) {
    double[] row = new double[record.size()];
    for (int i = 0; i < row.length; i++) {
      if (!isNumber(record.get(i))) {
        throw malformed(
            file,
            "row " + record.getRecordNumber() + " has '" + record.get(i) + "', no finite number");
      }
      row[i] = Double.parseDouble(record.get(i).strip());
    }
    if (!before.isEmpty() && before.get(0).length != row.length) {
      throw malformed(
          file,
          "row "
              + record.getRecordNumber()
              + " has "
              + row.length
              + " numbers, the rows before "
              + before.get(0).length);
    }
    return row;
  }

  private static ModelException malformed(Path file, String what) {
    return new ModelException(ModelException.Kind.MALFORMED, file + ": " + what);
  }
}
