package io.cipherstream.server;

import io.cipherstream.files.FileReplacer;
import io.cipherstream.files.OwnerOnly;
import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.server.config.ServerConfig.TlsMode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
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

  /**
   * The files of the configuration; empty for plain HTTP. Makes a self-signed pair if there is
   * none.
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
    SelfSigned made = SelfSigned.make(tls.hostNames());
    OwnerOnly.createFolders(folder);
    FileReplacer.SECRET.replace(key, made.key().getBytes(StandardCharsets.US_ASCII));
    FileReplacer.SECRET.replace(
        certificate, made.certificate().getBytes(StandardCharsets.US_ASCII));
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
