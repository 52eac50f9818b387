package io.cipherstream.server;

import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.server.config.ServerConfig.TlsMode;
import io.cipherstream.server.storage.DurableFiles;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The certificate and key that connections are protected with.
 *
 * @param certificate PEM chain
 * @param key PEM private key
 * @param sha256 fingerprint of the DER certificate, in hexadecimal
 */
record TlsFiles(Path certificate, Path key, String sha256) {

  private static final Duration VALID = Duration.ofDays(825);

  /**
   * Those of the configuration; empty for plain HTTP. Makes a self-signed pair if there is none.
   */
  static Optional<TlsFiles> of(ServerConfig config) throws IOException {
    ServerConfig.Tls tls = config.tls();
    if (tls.mode() == TlsMode.PLAIN_HTTP) {
      return Optional.empty();
    }
    Path certificate = tls.certificate();
    Path key = tls.key();
    if (tls.mode() == TlsMode.SELF_SIGNED || certificate == null || key == null) {
      Path folder = config.dataDirectory().resolve("tls");
      certificate = folder.resolve("certificate.pem");
      key = folder.resolve("key.pem");
      if (!Files.exists(certificate) || !Files.exists(key)) {
        generate(tls, folder, certificate, key);
      }
    }
    return Optional.of(new TlsFiles(certificate, key, fingerprint(certificate)));
  }

  private static void generate(ServerConfig.Tls tls, Path folder, Path certificate, Path key)
      throws IOException {
    Instant now = Instant.now();
    CertificateBuilder builder =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=cipherstream")
            .notBefore(now.minus(Duration.ofHours(1)))
            .notAfter(now.plus(VALID))
            .setIsCertificateAuthority(true);
    for (String name : tls.hostNames()) {
      if (name.matches("[0-9.]+|.*:.*")) {
        builder.addSanIpAddress(name);
      } else {
        builder.addSanDnsName(name);
      }
    }
    try {
      X509Bundle bundle = builder.buildSelfSigned();
      DurableFiles.createDirectories(folder);
      DurableFiles.write(key, bundle.getPrivateKeyPEM().getBytes(StandardCharsets.US_ASCII));
      DurableFiles.write(
          certificate, bundle.getCertificatePathPEM().getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("making a self-signed certificate in " + folder, e);
    }
  }

  private static String fingerprint(Path certificate) throws IOException {
    try (InputStream in = Files.newInputStream(certificate)) {
      byte[] der = CertificateFactory.getInstance("X.509").generateCertificate(in).getEncoded();
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
    } catch (GeneralSecurityException e) {
      throw new IOException(certificate + " is not a PEM certificate", e);
    }
  }
}
