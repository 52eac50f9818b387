package io.cipherstream.model;

import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files of the {@code shared} folder beside the repository; tests skip where there is none. */
final class Shared {

  private Shared() {}

  /** A file of shared/models; the calling test is skipped when it is absent. */
  static Path model(String name) {
    Path folder = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    Path found = null;
    for (; folder != null && found == null; folder = folder.getParent()) {
      Path candidate = folder.resolve("shared/models").resolve(name);
      found = Files.exists(candidate) ? candidate : null;
    }
    assumeThat(found).as("shared/models/%s is beside the repository", name).isNotNull();
    return found;
  }

  /** The sentences of sst2-dev.tsv. */
  static List<String> devSentences() throws IOException {
    List<String> out = new ArrayList<>();
    List<String> lines = Files.readAllLines(model("sst2-dev.tsv"));
    for (String line : lines.subList(1, lines.size())) {
      out.add(line.substring(0, line.lastIndexOf('\t')));
    }
    return out;
  }

  static JsonNode json(String name) throws IOException {
    return new ObjectMapper().readTree(model(name).toFile());
  }

  static int[] ints(JsonNode array) {
    int[] out = new int[array.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = array.get(i).intValue();
    }
    return out;
  }

  static double[] doubles(JsonNode array) {
    double[] out = new double[array.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = array.get(i).doubleValue();
    }
    return out;
  }
}
