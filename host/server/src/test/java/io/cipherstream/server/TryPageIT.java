package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cipherstream.server.api.TryPage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page's files over HTTP, without an API key; in a browser it is tried by BrowserClientIT. */
class TryPageIT {

  private static final List<String> PATHS =
      List.of("/try", "/try/", "/try/page.js", "/try/worker.js", "/try/seal.wasm", "/try/page.css");

  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir private Path folder;

  private TestServer serve(String... settings) throws Exception {
    Path zip = Files.writeString(folder.resolve("client.zip"), "not really a zip");
    return TestServer.loopback(folder.resolve("data"), new LoopbackModel(zip, 1), settings);
  }

  private HttpResponse<String> send(TestServer server, String method, String path, String... head)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.appliance.port() + path))
            .method(method, BodyPublishers.noBody());
    if (head.length > 0) {
      request.headers(head);
    }
    return http.send(request.build(), BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
  }

  @Test
  void isOffUnlessItIsSwitchedOn() throws Exception {
    try (TestServer server = serve()) {
      for (String path : PATHS) {
        assertThat(send(server, "GET", path).statusCode()).as(path).isEqualTo(401);
      }
    }
  }

  @Test
  void theBrowserIsToldToReachNothingElse() throws Exception {
    assumeTrue(
        TryPage.class.getResource("/io/cipherstream/server/page/index.html") != null,
        "built without the page /try: './cipherstream test' makes it with npm");
    try (TestServer server = serve("tryPage=true")) {
      for (String path : PATHS) {
        HttpResponse<String> file = send(server, "GET", path);
        assertThat(file.statusCode()).as(path).isEqualTo(200);
        assertThat(file.headers().firstValue("Content-Security-Policy").orElseThrow())
            .contains("default-src 'none'", "script-src 'self' 'wasm-unsafe-eval';")
            .contains("connect-src 'self'", "frame-ancestors 'none'")
            .doesNotContain("unsafe-inline", "'unsafe-eval'", "http", "data:", "*");
        assertThat(file.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(file.headers().firstValue("X-Request-Id")).isPresent();
        String tag = file.headers().firstValue("ETag").orElseThrow();
        assertThat(send(server, "GET", path, "If-None-Match", tag).statusCode()).isEqualTo(304);
        HttpResponse<String> head = send(server, "HEAD", path);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        for (String name : List.of("Content-Type", "Content-Length")) {
          assertThat(head.headers().firstValue(name)).isEqualTo(file.headers().firstValue(name));
        }
        assertProblem(send(server, "POST", path), 405, "method-not-allowed");
      }
      assertThat(send(server, "GET", "/try/seal.wasm").headers().firstValue("Content-Type"))
          .hasValue("application/wasm"); // or browsers do not compile it
      assertThat(send(server, "GET", "/try").body())
          .doesNotContain("style=", "onclick", "<script>", "http:", "https:");
      for (String path :
          List.of("/try/no", "/try/../openapi.yaml", "/try/%2e%2e/api-key", "/try//", "/try/a/b")) {
        assertThat(send(server, "GET", path).statusCode()).as(path).isIn(401, 404);
      }
      assertThat(send(server, "GET", "/tryst").statusCode()).isEqualTo(401);
      assertThat(send(server, "GET", "/v2/models").statusCode()).isEqualTo(401);
    }
  }
}
