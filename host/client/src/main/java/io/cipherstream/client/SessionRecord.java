package io.cipherstream.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.wire.WireSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The part of a session that the client stores between calls, enough to continue without sending
 * keys again. The transport key authenticates messages, so the file is readable for its owner only.
 *
 * @param id 32 hexadecimal digits, given by the appliance
 * @param packageDigest the model package the session was opened for
 * @param keyFingerprint of the key pair whose keys were uploaded
 * @param transportKey 64 hexadecimal digits
 * @param frameBytesMax longest WebSocket frame the appliance takes
 * @param secretKeyId names the secret key that the session's keys were made from; known to this
 *     client only, and empty until it is set
 */
record SessionRecord(
    String id,
    String packageDigest,
    String parametersDigest,
    String keyFingerprint,
    String transportKey,
    int frameBytesMax,
    String secretKeyId) {

  /** Smallest accepted frame limit; with a smaller one an upload would make no progress. */
  private static final int FRAME_BYTES_MIN = 1024;

  SessionRecord {
    hex("session", id, WireSession.SESSION_ID_BYTES);
    hex("keyFingerprint", keyFingerprint, WireSession.FINGERPRINT_BYTES);
    hex("transportKey", transportKey, WireSession.TRANSPORT_KEY_BYTES);
    if (frameBytesMax < FRAME_BYTES_MIN) {
      throw new ClientException(
          Kind.PROTOCOL,
          "session limits: frameBytesMax "
              + frameBytesMax
              + ", expected at least "
              + FRAME_BYTES_MIN);
    }
  }

  /** Reads the appliance's answer to a new session. */
  static SessionRecord of(JsonNode json) {
    return new SessionRecord(
        json.path("session").asText(""),
        json.path("packageDigest").asText(""),
        json.path("parametersDigest").asText(""),
        json.path("keyFingerprint").asText(""),
        json.path("transportKey").asText(""),
        json.path("limits").path("frameBytesMax").asInt(0),
        "");
  }

  /** Reads a stored session; empty if there is none or the file is damaged. */
  static Optional<SessionRecord> read(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      JsonNode json = ApplianceHttp.JSON.readTree(SecretFiles.read(file));
      return Optional.of(of(json).withSecretKey(json.path("secretKeyId").asText("")));
    } catch (IOException e) {
      return Optional.empty();
    } catch (ClientException e) {
      if (e.kind() == Kind.PROTOCOL) {
        return Optional.empty();
      }
      throw e;
    }
  }

  SessionRecord withSecretKey(String secretKey) {
    return new SessionRecord(
        id,
        packageDigest,
        parametersDigest,
        keyFingerprint,
        transportKey,
        frameBytesMax,
        secretKey);
  }

  void write(Path file) {
    ObjectNode json = ApplianceHttp.JSON.createObjectNode();
    json.put("session", id);
    json.put("packageDigest", packageDigest);
    json.put("parametersDigest", parametersDigest);
    json.put("keyFingerprint", keyFingerprint);
    json.put("transportKey", transportKey);
    json.put("secretKeyId", secretKeyId);
    json.putObject("limits").put("frameBytesMax", frameBytesMax);
    try {
      SecretFiles.write(file, ApplianceHttp.JSON.writeValueAsBytes(json));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree can always be written", e);
    }
  }

  WireSession wire(CkksParameters parameters) {
    HexFormat hex = HexFormat.of();
    return new WireSession(
        parameters, hex.parseHex(id), hex.parseHex(keyFingerprint), hex.parseHex(transportKey));
  }

  private static void hex(String member, String value, int bytes) {
    if (!value.matches("[0-9a-f]{" + 2 * bytes + "}")) {
      throw new ClientException(
          Kind.PROTOCOL,
          "session member " + member + ": expected " + 2 * bytes + " hexadecimal digits");
    }
  }
}
