package io.cipherstream.wire;

import io.cipherstream.ckks.CkksParameters;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What both ends know of a session: the parameter set, the session id, the client's key fingerprint
 * and the transport key of the keyed digest. Immutable; the transport key is never printed.
 */
public final class WireSession {

  /** Bytes of a session id. */
  public static final int SESSION_ID_BYTES = 16;

  /** Bytes of a key fingerprint. */
  public static final int FINGERPRINT_BYTES = 32;

  /** Bytes of a transport key. */
  public static final int TRANSPORT_KEY_BYTES = 32;

  private final CkksParameters parameters;
  private final byte[] sessionId;
  private final byte[] keyFingerprint;
  private final SecretKeySpec transportKey;

  /**
   * @throws IllegalArgumentException if an array does not have its fixed length
   */
  public WireSession(
      CkksParameters parameters, byte[] sessionId, byte[] keyFingerprint, byte[] transportKey) {
    this.parameters = parameters;
    this.sessionId = fixed("session id", sessionId, SESSION_ID_BYTES);
    this.keyFingerprint = fixed("key fingerprint", keyFingerprint, FINGERPRINT_BYTES);
    this.transportKey =
        new SecretKeySpec(
            fixed("transport key", transportKey, TRANSPORT_KEY_BYTES), EnvelopeMac.ALGORITHM);
  }

  public CkksParameters parameters() {
    return parameters;
  }

  public byte[] sessionId() {
    return sessionId.clone();
  }

  public byte[] keyFingerprint() {
    return keyFingerprint.clone();
  }

  Mac newMac() {
    try {
      Mac mac = Mac.getInstance(EnvelopeMac.ALGORITHM);
      mac.init(transportKey);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
    }
  }

  private static byte[] fixed(String name, byte[] bytes, int length) {
    if (bytes.length != length) {
      throw new IllegalArgumentException(
          name + ": expected " + length + " bytes, received " + bytes.length);
    }
    return bytes.clone();
  }
}
