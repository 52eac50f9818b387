package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsIT {

  @TempDir private Path folder;

  @Test
  void selfSignedCertificateIsMadeOnceAndCanBePinned() throws Exception {
    String first;
    try (TestServer server = server()) {
      first = server.appliance.certificateSha256();
      Path tls = folder.resolve("data").resolve("tls");
      Certificate certificate = certificate(tls.resolve("certificate.pem"));
      assertThat(sha256(certificate.getEncoded())).isEqualTo(first);
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(tls.resolve("key.pem"))))
          .isEqualTo("rw-------");
      HttpResponse<String> answer = get(server, trusting(certificate));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
      assertThatThrownBy(() -> get(server, SSLContext.getDefault()))
          .isInstanceOf(SSLHandshakeException.class);
    }
    try (TestServer again = server()) {
      assertThat(again.appliance.certificateSha256()).isEqualTo(first);
    }
  }

  @Test
  void connectionsOfHttp2AreNoLongerCountedWhenTheyClose() throws Exception {
    try (TestServer server = server()) {
      HttpClientAgent client =
          server.vertx.createHttpClient(
              new HttpClientOptions()
                  .setProtocolVersion(io.vertx.core.http.HttpVersion.HTTP_2)
                  .setUseAlpn(true)
                  .setSsl(true)
                  .setTrustAll(true)
                  .setVerifyHost(false));
      io.vertx.core.http.HttpVersion version =
          TestServer.await(
              client
                  .request(
                      io.vertx.core.http.HttpMethod.GET,
                      server.appliance.port(),
                      "127.0.0.1",
                      "/v2/health/live")
                  .compose(request -> request.send())
                  .map(answer -> answer.version()));
      assertThat(version).isEqualTo(io.vertx.core.http.HttpVersion.HTTP_2);
      assertThat(server.appliance.connections()).isEqualTo(1);
      TestServer.await(client.close());
      Eventually.holds(() -> server.appliance.connections() == 0, "it is not counted any more");
    }
  }

  @Test
  void theCertificateIsForAServerAndNoAuthority() throws Exception {
    try (TestServer server = server()) {
      X509Certificate certificate =
          (X509Certificate)
              certificate(folder.resolve("data").resolve("tls").resolve("certificate.pem"));
      assertThat(certificate.getBasicConstraints()).as("CA:FALSE").isEqualTo(-1);
      assertThat(certificate.getKeyUsage()).as("digitalSignature alone").startsWith(true);
      assertThat(certificate.getKeyUsage()[5]).as("keyCertSign").isFalse();
      assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
      assertThat(certificate.getSubjectAlternativeNames())
          .extracting(name -> String.valueOf(name.get(1)))
          .contains("localhost", "127.0.0.1");
      assertThat(get(server, trusting(certificate)).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void onlyEphemeralKeysAndAuthenticatedEncryption() throws Exception {
    try (TestServer server = server()) {
      SSLContext context = trusting(certificate(folder.resolve("data/tls/certificate.pem")));
      List<String> others =
          Arrays.stream(context.getSupportedSSLParameters().getCipherSuites())
              .filter(suite -> !suite.startsWith("TLS_ECDHE_") || suite.contains("_CBC_"))
              .toList();
      assertThat(others)
          .contains("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384");
      assertThatThrownBy(() -> suite(context, server, "TLSv1.2", others))
          .isInstanceOf(SSLHandshakeException.class);
      String kept = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
      assertThat(suite(context, server, "TLSv1.2", List.of(kept))).isEqualTo(kept);
      String chacha = "TLS_CHACHA20_POLY1305_SHA256";
      assertThat(suite(context, server, "TLSv1.3", List.of(chacha))).isEqualTo(chacha);
    }
  }

  private static String suite(
      SSLContext context, TestServer server, String protocol, List<String> suites)
      throws IOException {
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.appliance.port())) {
      socket.setEnabledProtocols(new String[] {protocol});
      socket.setEnabledCipherSuites(suites.toArray(String[]::new));
      socket.startHandshake();
      return socket.getSession().getCipherSuite();
    }
  }

  /** SHA-256 of the certificate that a new connection is shown. */
  static String presented(TestServer server) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Anyone()}, null);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.appliance.port())) {
      socket.startHandshake();
      return sha256(socket.getSession().getPeerCertificates()[0].getEncoded());
    }
  }

  /** Believes every certificate: the test looks at it itself. */
  private static final class Anyone implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private TestServer server() throws IOException {
    Path zip = Files.writeString(folder.resolve("client.zip"), "zip");
    return TestServer.loopback(
        folder.resolve("data"), new LoopbackModel(zip, 1), "tls.mode=SELF_SIGNED");
  }

  private static HttpResponse<String> get(TestServer server, SSLContext context)
      throws IOException, InterruptedException {
    assertThat(server.appliance.url()).startsWith("https://127.0.0.1:");
    return HttpClient.newBuilder()
        .sslContext(context)
        .build()
        .send(
            HttpRequest.newBuilder(URI.create(server.appliance.url() + "/v2/health/ready")).build(),
            BodyHandlers.ofString());
  }

  static SSLContext trusting(Certificate certificate) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry("appliance", certificate);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  static Certificate certificate(Path pem) throws Exception {
    try (InputStream in = Files.newInputStream(pem)) {
      return CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
