package io.cipherstream.gateway.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.client.ClientException;
import io.cipherstream.client.ClientOptions;
import io.cipherstream.gateway.watch.GatewayLog;
import io.cipherstream.gateway.watch.GatewayMetrics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A model's questions stay with one appliance until that one is gone. */
class HomeApplianceTest {

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final GatewayMetrics metrics = new GatewayMetrics();
  private final AtomicInteger moves = new AtomicInteger();

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void itMovesOnlyWhenItsApplianceIsGoneAndStaysThere() {
    List<ApplianceLink> links = Stream.of("a", "b", "c").map(this::link).toList();
    HomeAppliance home = new HomeAppliance(links, 1, moves::incrementAndGet);
    assertThat(home.current()).isSameAs(links.get(1));
    links.get(0).down(gone());
    assertThat(home.current()).isSameAs(links.get(1));
    assertThat(moves).hasValue(0);
    links.get(1).down(gone());
    assertThat(home.current()).isSameAs(links.get(2));
    assertThat(home.current()).isSameAs(links.get(2));
    assertThat(moves).hasValue(1);
    links.get(2).down(gone());
    assertThat(home.current()).as("all are gone").isSameAs(links.get(2));
    assertThat(log.toString(StandardCharsets.UTF_8))
        .containsSubsequence("appliance-down", "a.example:8443", "no connection");
    assertThat(metrics.scrape())
        .contains("gateway_appliance_healthy{appliance=\"c.example:8443\"} 0.0");
  }

  private static ClientException gone() {
    return new ClientException(ClientException.Kind.UNREACHABLE, "no connection");
  }

  private ApplianceLink link(String name) {
    return new ApplianceLink(
        ClientOptions.builder(URI.create("https://" + name + ".example:8443"), Path.of("unused"))
            .build(),
        Duration.ofSeconds(1),
        new GatewayLog(new PrintStream(log, true, StandardCharsets.UTF_8)),
        metrics);
  }
}
