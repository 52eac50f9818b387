package io.cipherstream.network;

import io.cipherstream.model.SafetensorsFile;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A network that make_kan.py trained on scikit-learn's digits, and what it answers. */
final class DigitsKan {

  static final Path FILE = resource("digits-kan.safetensors");
  static final Path TRAINED_ON = resource("digits-train.csv");

  private DigitsKan() {}

  /** Questions that were not trained on. */
  record Held(List<double[]> questions, long[] labels, List<double[]> outputs) {}

  static Path resource(String name) {
    try {
      return Path.of(DigitsKan.class.getResource("/network/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new UncheckedIOException(new java.io.IOException(e));
    }
  }

  static Held held() {
    try (SafetensorsFile file = SafetensorsFile.open(resource("digits-kan-expected.safetensors"))) {
      return new Held(
          rows(file.read("questions").doubles(), 64),
          file.read("labels").longs(),
          rows(file.read("outputs").doubles(), 10));
    }
  }

  static ConvertedNetwork converted(int degree) {
    return KanConversion.of(KanFile.read(FILE), NumberRows.read(TRAINED_ON), degree);
  }

  private static List<double[]> rows(double[] all, int columns) {
    List<double[]> rows = new ArrayList<>();
    for (int at = 0; at < all.length; at += columns) {
      rows.add(Arrays.copyOfRange(all, at, at + columns));
    }
    return rows;
  }

  static int largest(double[] values) {
    int largest = 0;
    for (int i = 1; i < values.length; i++) {
      largest = values[i] > values[largest] ? i : largest;
    }
    return largest;
  }
}
