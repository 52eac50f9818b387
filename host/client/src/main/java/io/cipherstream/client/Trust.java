package io.cipherstream.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.HexFormat;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate of the appliance is believed: those of the system's authorities, or exactly
 * one, pinned by the SHA-256 of its DER form. A pinned certificate is believed whatever names it
 * carries, since it identifies the appliance by itself.
 */
public final class Trust {

  private static final int SHA256_BYTES = 32;

  private final byte @Nullable [] fingerprint;

  private Trust(byte @Nullable [] fingerprint) {
    this.fingerprint = fingerprint;
  }

  /** The authorities and host-name rules of the Java platform. */
  public static Trust system() {
    return new Trust(null);
  }

  /**
   * Exactly the certificate with this SHA-256.
   *
   * @param hex 64 hexadecimal digits; colons between bytes are allowed
   * @throws IllegalArgumentException if it is anything else
   */
  public static Trust fingerprint(String hex) {
    String digits = hex.replace(":", "").toLowerCase(Locale.ROOT);
    byte[] bytes;
    try {
      bytes = HexFormat.of().parseHex(digits);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "certificate fingerprint '" + hex + "': expected 64 hexadecimal digits", e);
    }
    if (bytes.length != SHA256_BYTES) {
      throw new IllegalArgumentException(
          "certificate fingerprint has "
              + digits.length()
              + " hexadecimal digits: expected 64 (SHA-256)");
    }
    return new Trust(bytes);
  }

  /**
   * Exactly the certificate in this PEM or DER file.
   *
   * @throws ClientException of kind LOCAL if the file cannot be read or holds no certificate
   */
  public static Trust certificateFile(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] der = CertificateFactory.getInstance("X.509").generateCertificate(in).getEncoded();
      return new Trust(sha256(der));
    } catch (IOException | CertificateException e) {
      throw new ClientException(
          ClientException.Kind.LOCAL,
          "certificate file " + file + ": expected a readable X.509 certificate (" + e + ")",
          e);
    }
  }

  SSLContext sslContext() {
    try {
      byte[] pin = fingerprint;
      if (pin == null) {
        return SSLContext.getDefault();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          null, new TrustManager[] {new PinnedTrustManager(pin.clone())}, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new ClientException(ClientException.Kind.LOCAL, "TLS is not available: " + e, e);
    }
  }

  static byte[] sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
