package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
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

  private static SSLContext trusting(Certificate certificate) throws Exception {
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

  private static Certificate certificate(Path pem) throws Exception {
    try (InputStream in = Files.newInputStream(pem)) {
      return CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
