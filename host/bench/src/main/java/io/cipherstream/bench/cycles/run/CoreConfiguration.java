package io.cipherstream.bench.cycles.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cipherstream.bench.report.BenchException;
import io.cipherstream.bench.report.BenchException.Kind;
import io.cipherstream.core.ClusterShape;
import io.cipherstream.opencl.image.ClusterParameters;
import io.cipherstream.opencl.image.CoreParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code bitstreams/sim/<name>/configuration.json}: a core, its clock and its card's memory.
 *
 * @param clockMhz target clock
 * @param bytesPerSecond nominal bandwidth of the card's memory
 * @param core its parameters
 * @param cluster those of its clusters
 * @param json the whole file, to hold against an image
 */
record CoreConfiguration(
    String name,
    double clockMhz,
    double bytesPerSecond,
    CoreParameters core,
    ClusterParameters cluster,
    JsonNode json) {

  private static final String FILE = "configuration.json";
  private static final long BYTES_MAX = 1 << 20;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * @throws BenchException of kind ENGINE if the file is missing, no JSON, or lacks a member
   */
  static CoreConfiguration read(Path file) {
    JsonNode root = tree(file);
    JsonNode core = root.path("core");
    JsonNode cluster = root.path("cluster");
    return new CoreConfiguration(
        root.path("name").asText(),
        number(file, root, "clockMHz").doubleValue(),
        number(file, root.path("memory"), "bytesPerSecond").doubleValue(),
        new CoreParameters(
            integer(file, core, "wordBits"),
            integer(file, core, "degreeBitsMin"),
            integer(file, core, "degreeBitsMax"),
            integer(file, core, "lanes"),
            integer(file, core, "busWords"),
            integer(file, core, "segments"),
            integer(file, core, "moduli")),
        new ClusterParameters(
            integer(file, cluster, "clusters"),
            integer(file, cluster, "products"),
            integer(file, cluster, "streamWords"),
            integer(file, cluster, "slots")),
        root);
  }

  /** Whether the image of that manifest was made from exactly these parameters. */
  boolean made(JsonNode manifest) {
    return manifest.path("parameters").equals(json.path("core"))
        && manifest.path("cluster").equals(json.path("cluster"));
  }

  /** What programs are compiled for, before that memory. */
  ClusterShape shape(MemoryShape memory) {
    ClusterShape s = cluster.shape(core, memory.latencyCycles());
    int words = (int) Math.max(1, memory.bytesPerCycle() / Long.BYTES);
    return new ClusterShape(
        s.clusters(),
        s.butterflies(),
        s.products(),
        s.streamWords(),
        s.slots(),
        Math.min(s.wordsIn(), words),
        Math.min(s.wordsOut(), words),
        s.pipeline(),
        s.memoryLatency());
  }

  /** All configurations of simulated cards, by name. */
  static List<CoreConfiguration> simulated(Path bitstreams) {
    Path folder = bitstreams.resolve("sim");
    try (Stream<Path> files = Files.walk(folder, 2)) {
      return files.filter(f -> f.endsWith(FILE)).sorted().map(CoreConfiguration::read).toList();
    } catch (IOException e) {
      throw new BenchException(Kind.ENGINE, folder + " cannot be read: " + e, e);
    }
  }

  /**
   * The configurations of simulated cards of those names.
   *
   * @throws BenchException of kind ENGINE if one does not exist; the text lists those that do
   */
  static List<CoreConfiguration> simulated(Path bitstreams, List<String> names) {
    List<CoreConfiguration> all = simulated(bitstreams);
    List<CoreConfiguration> chosen = new ArrayList<>();
    for (String name : names) {
      chosen.add(
          all.stream()
              .filter(c -> c.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new BenchException(
                          Kind.ENGINE,
                          "no configuration '"
                              + name
                              + "' in "
                              + bitstreams.resolve("sim")
                              + "; there are: "
                              + all.stream()
                                  .map(c -> c.name())
                                  .collect(Collectors.joining(", ")))));
    }
    return chosen.stream().distinct().toList();
  }

  static JsonNode tree(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > BYTES_MAX) {
        throw new BenchException(
            Kind.ENGINE, file + " is missing, or larger than " + BYTES_MAX + " bytes");
      }
      return MAPPER.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new BenchException(Kind.ENGINE, file + " is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new BenchException(Kind.ENGINE, file + " cannot be read: " + e, e);
    }
  }

  private static int integer(Path file, JsonNode from, String member) {
    return number(file, from, member).intValue();
  }

  private static JsonNode number(Path file, JsonNode from, String member) {
    JsonNode found = from.path(member);
    if (!found.isNumber()) {
      throw new BenchException(
          Kind.ENGINE, file + ": " + member + " is " + found + ", expected a number");
    }
    return found;
  }
}
