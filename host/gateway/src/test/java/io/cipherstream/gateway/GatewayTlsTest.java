package io.cipherstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.gateway.door.GatewayLimits;
import io.cipherstream.gateway.serving.ModelDirectory;
import io.cipherstream.gateway.watch.GatewayLog;
import io.cipherstream.gateway.watch.GatewayMetrics;
import io.cipherstream.model.RandomTasks;
import io.cipherstream.trace.Traces;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS as callers see it, and certificates that no caller could trust. */
@Tag("slow")
class GatewayTlsTest {

  private static final String TOKEN = "0123456789abcdef";
  private static final String PASSWORD = "changeit";

  @TempDir private Path folder;

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  @Test
  void speaksTlsOnAnyAddressWithAToken() throws Exception {
    KeyStore made = certificate("-validity", "20");
    try (PlaintextModel model = new PlaintextModel("m", new RandomTasks().embedding());
        GatewayMetrics metrics = new GatewayMetrics();
        Gateway gateway = start("0.0.0.0", model, metrics)) {
      assertThat(gateway.url()).startsWith("https://0.0.0.0:");
      URI models = URI.create(gateway.url().replace("0.0.0.0", "localhost") + "/v1/models");
      HttpRequest request =
          HttpRequest.newBuilder(models).header("Authorization", "Bearer " + TOKEN).build();
      HttpClient trusting = HttpClient.newBuilder().sslContext(trust(made)).build();
      HttpResponse<String> answered = trusting.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answered.statusCode()).as(answered.body()).isEqualTo(200);
      assertThat(answered.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThatThrownBy(
              () ->
                  HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding()))
          .isInstanceOf(SSLHandshakeException.class);
      URI plain = URI.create(models.toString().replace("https", "http"));
      assertThatThrownBy(
              () ->
                  trusting.send(
                      HttpRequest.newBuilder(plain).build(),
                      HttpResponse.BodyHandlers.discarding()))
          .isInstanceOf(IOException.class);
      assertThat(log.toString(StandardCharsets.UTF_8)).contains("certificate-ends");
    }
  }

  @Test
  void startsWithNoCertificateThatEndedOrHasNotBegunOrIsNone() throws Exception {
    certificate("-startdate", "-2d", "-validity", "1");
    assertThatThrownBy(() -> start("127.0.0.1", null, null))
        .isInstanceOf(GatewayStartException.class)
        .hasMessageContaining("ended");
    certificate("-startdate", "+2d", "-validity", "1");
    assertThatThrownBy(() -> start("127.0.0.1", null, null))
        .as("of a clock that is wrong, here or where it was made")
        .isInstanceOf(GatewayStartException.class)
        .hasMessageContaining("begins")
        .hasMessageContaining("set the clock");
    Files.writeString(folder.resolve("certificate.pem"), "nothing");
    assertThatThrownBy(() -> start("127.0.0.1", null, null))
        .isInstanceOf(GatewayStartException.class)
        .hasMessageContaining("expected a PEM chain");
  }

  private Gateway start(String host, PlaintextModel model, GatewayMetrics metrics) {
    GatewayTls tls = new GatewayTls(folder.resolve("certificate.pem"), folder.resolve("key.pem"));
    return Gateway.start(
        new GatewayOptions(
            host,
            0,
            OptionalInt.empty(),
            Optional.of(tls),
            Optional.of(TOKEN),
            GatewayLimits.DEFAULTS),
        new ModelDirectory(model == null ? List.of() : List.of(model)),
        new GatewayLog(new PrintStream(log, true, StandardCharsets.UTF_8)),
        metrics,
        Traces.off());
  }

  /** Makes key and certificate with the JDK's tool, as PEM files. */
  private KeyStore certificate(String... options) throws Exception {
    Path file = folder.resolve("store-" + System.nanoTime() + ".p12");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD));
    command.addAll(List.of(options));
    Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(tool.waitFor()).as(said).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    pem("certificate.pem", "CERTIFICATE", store.getCertificate("a").getEncoded());
    pem("key.pem", "PRIVATE KEY", store.getKey("a", PASSWORD.toCharArray()).getEncoded());
    return store;
  }

  private void pem(String name, String type, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        folder.resolve(name),
        "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
  }

  private static SSLContext trust(KeyStore made) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("a", made.getCertificate("a"));
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}
