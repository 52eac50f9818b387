package io.cipherstream.server.tracks;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.session.SessionInfo;
import io.cipherstream.wire.WireSession;
import java.util.HexFormat;

/**
 * The stored description of a track; all binary members in hexadecimal. What its ciphertexts were
 * checked with when they came is kept with it, so that they can be checked again when the session
 * they came in is gone.
 *
 * @param id chosen at random by the client
 * @param chunks ciphertexts of each plane
 * @param created seconds since 1970
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record TrackInfo(
    String id,
    String tenant,
    int chunks,
    String session,
    String parametersDigest,
    String keyFingerprint,
    String transportKey,
    long created) {

  static TrackInfo of(String id, int chunks, Session session, long created) {
    SessionInfo from = session.info();
    return new TrackInfo(
        id,
        from.tenant(),
        chunks,
        from.id(),
        from.parametersDigest(),
        from.keyFingerprint(),
        from.transportKey(),
        created);
  }

  /** What its envelopes are checked against. */
  WireSession wire(CkksParameters parameters) {
    HexFormat hex = HexFormat.of();
    return new WireSession(
        parameters,
        hex.parseHex(session),
        hex.parseHex(keyFingerprint),
        hex.parseHex(transportKey));
  }

  @Override
  public String toString() {
    return "track " + id + " of tenant " + tenant;
  }
}
