package io.cipherstream.server;

import io.cipherstream.server.config.ServerConfig;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate and key of new connections. They can be replaced while the appliance runs;
 * connections that are open keep theirs. Thread-safe.
 */
final class TlsIdentity {

  private static final Logger LOG = LoggerFactory.getLogger(TlsIdentity.class);

  /** A certificate that expires within this time causes a warning. */
  private static final Duration EXPIRY_WARNING = Duration.ofDays(30);

  /** Certificates kept at one time: the new one, and that of handshakes that began before it. */
  private static final int GENERATIONS_MAX = 2;

  private record Loaded(TlsFiles files, X509ExtendedKeyManager keys, String alias) {}

  private final Vertx vertx;
  private final ConcurrentSkipListMap<Integer, Loaded> generations = new ConcurrentSkipListMap<>();

  private TlsIdentity(Vertx vertx) {
    this.vertx = vertx;
  }

  /** That of the configuration; empty for plain HTTP. */
  static Optional<TlsIdentity> of(Vertx vertx, ServerConfig config) throws IOException {
    TlsIdentity identity = new TlsIdentity(vertx);
    identity.prepare(config).run();
    return identity.generations.isEmpty() ? Optional.empty() : Optional.of(identity);
  }

  /**
   * Reads certificate and key again; they take effect when the result is run.
   *
   * @throws IOException if they cannot be read or do not belong together; then nothing changes
   */
  Runnable prepare(ServerConfig config) throws IOException {
    Optional<TlsFiles> files = TlsFiles.of(config);
    if (files.isEmpty()) {
      return () -> {};
    }
    Loaded loaded = load(files.get());
    return () -> {
      int number = generations.isEmpty() ? 1 : generations.lastKey() + 1;
      generations.put(number, loaded);
      while (generations.size() > GENERATIONS_MAX) {
        generations.pollFirstEntry();
      }
    };
  }

  /** SHA-256 of the certificate in hexadecimal. */
  String sha256() {
    return generations.lastEntry().getValue().files.sha256();
  }

  /** When the certificate ends. */
  Instant notAfter() {
    Loaded newest = generations.lastEntry().getValue();
    return newest.keys.getCertificateChain(newest.alias)[0].getNotAfter().toInstant();
  }

  /** For the HTTP server; follows every replacement. */
  KeyCertOptions options() {
    return KeyCertOptions.wrap(new Following());
  }

  private Loaded load(TlsFiles files) throws IOException {
    FileModes.warnIfOthersMayRead(files.key(), "the TLS key");
    try {
      KeyManager[] managers =
          new PemKeyCertOptions()
              .setCertPath(files.certificate().toString())
              .setKeyPath(files.key().toString())
              .getKeyManagerFactory(vertx)
              .getKeyManagers();
      for (KeyManager manager : managers) {
        if (manager instanceof X509ExtendedKeyManager keys) {
          for (String type : new String[] {"EC", "RSA", "EdDSA"}) {
            String[] aliases = keys.getServerAliases(type, null);
            if (aliases != null && aliases.length > 0) {
              check(files, keys.getCertificateChain(aliases[0])[0], keys.getPrivateKey(aliases[0]));
              return new Loaded(files, keys, aliases[0]);
            }
          }
        }
      }
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(
          "TLS certificate " + files.certificate() + " and key " + files.key() + ": " + e, e);
    }
    throw new IOException(
        "TLS key " + files.key() + ": expected an EC, RSA or EdDSA key in PEM form");
  }

  private static void check(TlsFiles files, X509Certificate certificate, PrivateKey key)
      throws IOException, GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> key.getAlgorithm();
        };
    byte[] text = new byte[32];
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(key);
    signer.update(text);
    byte[] signature = signer.sign();
    signer.initVerify(certificate.getPublicKey());
    signer.update(text);
    if (!signer.verify(signature)) {
      throw new IOException(
          "TLS key "
              + files.key()
              + " does not belong to the first certificate in "
              + files.certificate());
    }
    Instant end = certificate.getNotAfter().toInstant();
    if (end.isBefore(Instant.now().plus(EXPIRY_WARNING))) {
      LOG.warn(
          "the TLS certificate {} ends {}; replace it and send SIGHUP", files.certificate(), end);
    }
  }

  /** Names the newest certificate with its number, so that its own key is found for it. */
  private final class Following extends X509ExtendedKeyManager {

    private @Nullable Loaded of(String alias) {
      return generations.get(Integer.valueOf(alias));
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
      Map.Entry<Integer, Loaded> newest = generations.lastEntry();
      Loaded loaded = newest.getValue();
      String algorithm = loaded.keys.getPrivateKey(loaded.alias).getAlgorithm();
      return algorithm.equals(keyType) || keyType.startsWith(algorithm + "_")
          ? newest.getKey().toString()
          : null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
      Loaded loaded = of(alias);
      return loaded == null ? null : loaded.keys.getCertificateChain(loaded.alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
      Loaded loaded = of(alias);
      return loaded == null ? null : loaded.keys.getPrivateKey(loaded.alias);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[] {generations.lastKey().toString()};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return generations.lastKey().toString();
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }
  }
}
