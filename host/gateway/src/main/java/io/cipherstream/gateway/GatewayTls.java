package io.cipherstream.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;

/**
 * What the gateway shows to its callers.
 *
 * @param certificate PEM chain
 * @param key PEM private key
 */
public record GatewayTls(Path certificate, Path key) {

  /** The time for which a certificate counts. */
  record Validity(Instant begins, Instant ends) {}

  /**
   * That of the first certificate.
   *
   * @throws IllegalArgumentException if a file cannot be read or has no certificate
   */
  Validity validity() {
    if (!Files.isReadable(key)) {
      throw new IllegalArgumentException("TLS key " + key + ": expected a readable PEM file");
    }
    try (InputStream in = Files.newInputStream(certificate)) {
      X509Certificate first =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      return new Validity(first.getNotBefore().toInstant(), first.getNotAfter().toInstant());
    } catch (IOException | CertificateException e) {
      throw new IllegalArgumentException(
          "TLS certificate " + certificate + ": expected a PEM chain (" + e.getMessage() + ")", e);
    }
  }
}
