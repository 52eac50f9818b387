package io.cipherstream.cli.device;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.Json;
import io.cipherstream.opencl.image.ImageManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The header of a simulated card's image: {@code CSLPIMG1}, version and length of its JSON (32 bits
 * each, little endian), the JSON, then the model.
 */
final class SimulationHeader {

  private static final byte[] MAGIC = "CSLPIMG1".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int FIXED_BYTES = 16;
  private static final int JSON_BYTES_MAX = 1 << 20;

  private SimulationHeader() {}

  /**
   * Checks the header and compares it with the manifest.
   *
   * @throws IllegalArgumentException saying what differs
   */
  static void check(byte[] image, ImageManifest manifest) {
    require(
        image.length >= FIXED_BYTES,
        "it has " + image.length + " bytes, expected a header of at least " + FIXED_BYTES);
    ByteBuffer header = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[MAGIC.length];
    header.get(magic);
    require(MessageDigest.isEqual(magic, MAGIC), "it does not begin with CSLPIMG1");
    int version = header.getInt();
    require(version == VERSION, "header version " + version + ", expected " + VERSION);
    int length = header.getInt();
    require(
        length >= 2 && length <= JSON_BYTES_MAX && length <= image.length - FIXED_BYTES,
        "JSON of "
            + Integer.toUnsignedString(length)
            + " bytes, expected 2 to "
            + Math.min(JSON_BYTES_MAX, image.length - FIXED_BYTES));
    JsonNode json;
    try {
      json = Json.MAPPER.readTree(image, FIXED_BYTES, length);
    } catch (IOException e) {
      throw new IllegalArgumentException("device image: its header is not JSON", e);
    }
    same(json, "configuration", manifest.name());
    same(json, "board", manifest.board());
    same(json, "rtlDigest", manifest.rtlDigest());
    int from = FIXED_BYTES + length;
    long bytes = json.path("payload").path("bytes").asLong(-1);
    require(
        bytes == image.length - from,
        "payload of " + (image.length - from) + " bytes, its header says " + bytes);
    String digest = sha256(image, from);
    require(
        json.path("payload").path("sha256").asText("").equals(digest),
        "SHA-256 of its payload is " + digest + ", which is not the one in its header");
  }

  private static void same(JsonNode json, String member, String expected) {
    String found = json.path(member).asText("");
    require(
        found.equals(expected),
        member + " is '" + found + "' in its header, '" + expected + "' in its manifest");
  }

  private static String sha256(byte[] image, int from) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(image, from, image.length - from);
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException("device image: " + otherwise);
    }
  }
}
