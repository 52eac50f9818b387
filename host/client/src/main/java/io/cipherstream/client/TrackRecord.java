package io.cipherstream.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.intervals.BinGrid;
import io.cipherstream.intervals.Genome;
import io.cipherstream.intervals.IntervalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What this client keeps of a track that it has loaded, in a file for its owner only: the appliance
 * knows neither the name nor the genome.
 *
 * @param id of the track at the appliance, random
 * @param secretKeyId names the secret key that it is encrypted under
 */
public record TrackRecord(String name, String id, BinGrid grid, String secretKeyId) {

  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
  private static final String ENDING = ".json";

  /**
   * @throws ClientException of kind INPUT_UNSUPPORTED for a name that could not be a file's
   */
  static Path file(ClientOptions options, String name) {
    if (!name.matches(NAME)) {
      throw new ClientException(
          Kind.INPUT_UNSUPPORTED,
          "track name '" + name + "': expected 1 to 64 letters, digits, '.', '_' or '-'");
    }
    return folder(options).resolve(name + ENDING);
  }

  private static Path folder(ClientOptions options) {
    return options.home().resolve("tracks").resolve(options.profile());
  }

  void write(ClientOptions options) {
    ObjectNode json = ApplianceHttp.JSON.createObjectNode();
    json.put("track", id).put("binSize", grid.binSize()).put("secretKeyId", secretKeyId);
    ArrayNode chromosomes = json.putArray("genome");
    grid.genome()
        .chromosomes()
        .forEach(
            each -> chromosomes.addObject().put("name", each.name()).put("length", each.length()));
    try {
      SecretFiles.write(file(options, name), ApplianceHttp.JSON.writeValueAsBytes(json));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree can always be written", e);
    }
  }

  /** The track of that name; empty if there is none. */
  static Optional<TrackRecord> read(ClientOptions options, String name) {
    Path file = file(options, name);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      JsonNode json = ApplianceHttp.JSON.readTree(SecretFiles.read(file));
      List<Genome.Chromosome> chromosomes = new ArrayList<>();
      json.path("genome")
          .forEach(
              each ->
                  chromosomes.add(
                      new Genome.Chromosome(
                          each.path("name").asText(), each.path("length").asInt())));
      BinGrid grid = new BinGrid(new Genome(chromosomes), json.path("binSize").asInt());
      return Optional.of(
          new TrackRecord(
              name, json.path("track").asText(), grid, json.path("secretKeyId").asText()));
    } catch (IOException | IntervalException e) {
      throw new ClientException(
          Kind.LOCAL, file + " is damaged: " + e.getMessage() + "; load the track again", e);
    }
  }

  /** All of them, by name. */
  static List<TrackRecord> all(ClientOptions options) {
    Path folder = folder(options);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(file -> file.endsWith(ENDING))
          .map(file -> file.substring(0, file.length() - ENDING.length()))
          .filter(name -> name.matches(NAME))
          .sorted()
          .flatMap(name -> read(options, name).stream())
          .toList();
    } catch (IOException e) {
      throw new ClientException(Kind.LOCAL, folder + " could not be read: " + e.getMessage(), e);
    }
  }

  void forget(ClientOptions options) {
    try {
      Files.deleteIfExists(file(options, name));
    } catch (IOException e) {
      throw new ClientException(Kind.LOCAL, "track " + name + " could not be forgotten", e);
    }
  }
}
