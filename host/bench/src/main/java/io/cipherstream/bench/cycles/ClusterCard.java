package io.cipherstream.bench.cycles;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cipherstream.core.ClusterShape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A card on which clusters are planned; {@code cards.json} has them all.
 *
 * @param memory for people: which memory, in how many channels
 * @param channels memory channels that the clusters' ports use
 * @param bytesPerCycle what a channel gives at the target clock
 * @param readChannels those that read ports have for themselves
 * @param clockMhz target clock
 * @param shape the clusters, with the words a cycle that follow from the channels
 */
public record ClusterCard(
    String name,
    String memory,
    int channels,
    double bytesPerCycle,
    int readChannels,
    double clockMhz,
    ClusterShape shape) {

  /** What is known about every clock here: no place-and-route of the clusters exists. */
  public static final String CLOCK_SOURCE = "target; no timing report supports it";

  /** Cycles from a request to a card memory's answer: 267 ns at 300 MHz, on the safe side. */
  private static final int MEMORY_LATENCY = 80;

  /** Cycles from a word's entry into the lanes to its result. */
  private static final int PIPELINE = 60;

  /** All cards. */
  public static List<ClusterCard> all() {
    try (InputStream in = ClusterCard.class.getResourceAsStream("cards.json")) {
      List<ClusterCard> cards = new ArrayList<>();
      for (JsonNode card : new ObjectMapper().readTree(in).path("cards")) {
        cards.add(of(card));
      }
      return List.copyOf(cards);
    } catch (IOException e) {
      throw new UncheckedIOException("cards.json cannot be read", e);
    }
  }

  private static ClusterCard of(JsonNode card) {
    JsonNode c = card.path("clusters");
    int channels = card.path("channels").intValue();
    int read = card.path("readChannels").intValue();
    double bytes = card.path("bytesPerCycle").doubleValue();
    return new ClusterCard(
        card.path("name").asText(),
        card.path("memory").asText(),
        channels,
        bytes,
        read,
        card.path("clockMHz").doubleValue(),
        new ClusterShape(
            c.path("count").intValue(),
            c.path("butterflies").intValue(),
            c.path("products").intValue(),
            c.path("streamWords").intValue(),
            c.path("slots").intValue(),
            (int) (read * bytes / Long.BYTES),
            (int) ((channels - read) * bytes / Long.BYTES),
            PIPELINE,
            MEMORY_LATENCY));
  }
}
