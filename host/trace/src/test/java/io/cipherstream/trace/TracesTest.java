package io.cipherstream.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Spans reach a real receiver with their parents, say no more than they may, and wait for nobody.
 */
class TracesTest {

  private static final int MORE_THAN_FIT = 3000;

  /** For that many spans, which take milliseconds; a try to send takes five seconds. */
  private static final double HELD_UP_SECONDS = 3;

  /** For the end, which is given five seconds. */
  private static final double END_SECONDS = 8;

  @Test
  void aReceiverGetsTheSpansOfTwoProgramsAsOneTrace() throws Exception {
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      try (Traces here = Traces.to(receiver.url(), "here", "1");
          Traces there = Traces.to(receiver.url(), "there", "1")) {
        Spans spans = new Spans(here.telemetry());
        String sent =
            spans.in("outer", () -> spans.in("inner", () -> Spans.traceparent().orElseThrow()));
        assertThat(sent).matches(Spans.TRACEPARENT_FORM);
        Context passed = Spans.context(sent);
        new Spans(there.telemetry()).span("elsewhere").setParent(passed).startSpan().end();
      }
      OtlpReceiver.Received outer = receiver.await(span -> span.name().equals("outer"));
      OtlpReceiver.Received inner = receiver.await(span -> span.name().equals("inner"));
      OtlpReceiver.Received elsewhere = receiver.await(span -> span.name().equals("elsewhere"));
      assertThat(outer.parent()).isEmpty();
      assertThat(inner.parent()).isEqualTo(outer.id());
      assertThat(elsewhere.parent()).isEqualTo(inner.id());
      assertThat(List.of(outer.trace(), inner.trace())).containsOnly(elsewhere.trace());
      assertThat(outer.service()).isEqualTo("here");
      assertThat(elsewhere.service()).isEqualTo("there");
    }
  }

  @Test
  void ofAFailureTheClassIsSent() throws Exception {
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      try (Traces traces = Traces.to(receiver.url(), "here", "1")) {
        Spans spans = new Spans(traces.telemetry());
        assertThatThrownBy(
                () ->
                    spans.in(
                        "broken",
                        () -> {
                          throw new IllegalStateException("a secret sentence");
                        }))
            .hasMessage("a secret sentence");
      }
      OtlpReceiver.Received broken = receiver.await(span -> span.name().equals("broken"));
      assertThat(broken.text("error.type")).isEqualTo("java.lang.IllegalStateException");
      assertThat(receiver.raw()).doesNotContain("secret");
    }
  }

  /**
   * The receiver takes connections and never answers: what finds no room is dropped, and the end
   * does not wait for it beyond its time.
   */
  @Test
  void aReceiverThatHangsHoldsNobodyUp() throws Exception {
    try (ServerSocket hanging = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      URI address = URI.create("http://127.0.0.1:" + hanging.getLocalPort());
      Traces traces = Traces.to(address, "here", "1");
      Spans spans = new Spans(traces.telemetry());
      assertThat(seconds(() -> end(spans, MORE_THAN_FIT))).isLessThan(HELD_UP_SECONDS);
      try (Socket taken = hanging.accept()) {
        assertThat(taken.getInputStream().read()).as("it is being sent spans").isPositive();
        assertThat(seconds(() -> end(spans, MORE_THAN_FIT))).isLessThan(HELD_UP_SECONDS);
        assertThat(seconds(traces::close)).isLessThan(END_SECONDS);
      }
    }
  }

  private static void end(Spans spans, int count) {
    for (int i = 0; i < count; i++) {
      spans.in("dropped", () -> true);
    }
  }

  private static double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  @Test
  void withoutAReceiverThereAreNoSpans() {
    try (Traces traces = Traces.to(null, "here", "1")) {
      Spans spans = new Spans(traces.telemetry());
      assertThat(spans.in("none", Spans::traceparent)).isEmpty();
    }
  }

  @Test
  void aContextFromOutsideIsTakenOnlyInItsForm() {
    String good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    assertThat(context(good).getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    for (String bad :
        List.of("", "00", "00-00000000000000000000000000000000-b7ad6b7169203331-01", good + "x")) {
      assertThat(context(bad).isValid()).as(bad).isFalse();
    }
    Span own = Span.wrap(context(good));
    try (Scope inside = own.makeCurrent()) {
      assertThat(context(null).getSpanId()).isEqualTo("b7ad6b7169203331");
    }
  }

  private static SpanContext context(String traceparent) {
    return Span.fromContext(Spans.context(traceparent)).getSpanContext();
  }

  @Test
  void anAddressThatIsNoReceiversIsRefused() {
    for (String address :
        List.of(
            "localhost:4318",
            "grpc://127.0.0.1:4317",
            "http://user:secret@host",
            "http://host/v1/traces",
            "http://host?token=1",
            "http:host")) {
      assertThatThrownBy(() -> Traces.check(URI.create(address)))
          .as(address)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected http(s)://host[:port]");
    }
    Traces.check(URI.create("https://collector:4318/"));
  }
}
