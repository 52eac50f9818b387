package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.trace.OtlpReceiver;
import java.util.ArrayList;
import java.util.List;

/**
 * What the traces of a gateway's requests hold once it has been asked in modes sealed and hybrid.
 *
 * @param receiver of gateway, client and appliance
 */
record GatewayTraces(OtlpReceiver receiver) {

  /**
   * One trace a request: the spans of gateway, client, appliance and engine, each in its parent.
   *
   * @param log the gateway's, which names the request
   */
  void oneTraceJoinsGatewayClientApplianceAndEngine(String log) throws Exception {
    OtlpReceiver.Received sealed = appliance("sealed", "cipherstream-gateway");
    OtlpReceiver.Received step = child("step", sealed);
    OtlpReceiver.Received engine = child("engine", step);
    assertThat(engine.text("cipherstream.engine")).isNotEmpty();
    assertThat(child("keys", step).service()).isEqualTo("cipherstream-appliance");
    for (String part : List.of("admission", "receive", "queue", "send")) {
      assertThat(child(part, sealed).service()).as(part).isEqualTo("cipherstream-appliance");
    }
    List<OtlpReceiver.Received> around =
        way(
            engine,
            "cipherstream-appliance engine",
            "cipherstream-appliance step",
            "cipherstream-appliance appliance",
            "cipherstream-appliance infer",
            "cipherstream-gateway POST",
            "cipherstream-gateway inference",
            "cipherstream-gateway ask",
            "cipherstream-gateway answer");
    OtlpReceiver.Received inference = around.get(5);
    for (String part : List.of("encrypt", "POST", "decrypt")) {
      assertThat(child(part, inference).service()).as(part).isEqualTo("cipherstream-gateway");
    }
    assertThat(child("upload", around.get(4)).service()).isEqualTo("cipherstream-gateway");
    String request = around.get(7).parent();
    OtlpReceiver.Received root = receiver.await(span -> span.id().equals(request));
    assertThat(root.parent()).isEmpty();
    assertThat(root.service()).isEqualTo("cipherstream-gateway");
    assertThat(root.text("cipherstream.request")).isNotEmpty();
    assertThat(log).contains(root.text("cipherstream.request"));
    assertThat(child("wait", root).service()).isEqualTo("cipherstream-gateway");
    way(
        child("engine", child("step", appliance("sealed", "cipherstream-client"))),
        "cipherstream-appliance engine",
        "cipherstream-appliance step",
        "cipherstream-appliance appliance",
        "cipherstream-appliance infer",
        "cipherstream-client POST",
        "cipherstream-client inference",
        "cipherstream-client ask");
  }

  /** The same over a session's connection, which many inferences share, with a span a round. */
  void aTraceHasTheRoundsOfAnInference() throws Exception {
    OtlpReceiver.Received hybrid = appliance("hybrid", "cipherstream-gateway");
    List<OtlpReceiver.Received> around =
        way(
            child("engine", child("step", hybrid)),
            "cipherstream-appliance engine",
            "cipherstream-appliance step",
            "cipherstream-appliance appliance",
            "cipherstream-gateway inference",
            "cipherstream-gateway ask",
            "cipherstream-gateway answer");
    OtlpReceiver.Received inference = around.get(3);
    OtlpReceiver.Received round = child("round", inference);
    for (String part : List.of("receive", "decrypt", "encrypt", "upload")) {
      assertThat(child(part, round).service()).as(part).isEqualTo("cipherstream-gateway");
    }
    int rounds = children("round", inference).size();
    List<OtlpReceiver.Received> steps = children("step", hybrid);
    assertThat(rounds).isPositive();
    assertThat(steps).hasSize(rounds + 1).allMatch(step -> children("engine", step).size() == 1);
  }

  /** An inference at the appliance that a program has asked for. */
  private OtlpReceiver.Received appliance(String mode, String program) throws Exception {
    return receiver.await(
        span ->
            span.name().equals("appliance")
                && span.text("cipherstream.mode").equals(mode)
                && receiver.spans().stream()
                    .anyMatch(
                        ask ->
                            ask.name().equals("ask")
                                && ask.service().equals(program)
                                && ask.trace().equals(span.trace())));
  }

  private OtlpReceiver.Received child(String name, OtlpReceiver.Received of) throws Exception {
    return receiver.await(
        span ->
            span.name().equals(name)
                && span.parent().equals(of.id())
                && span.trace().equals(of.trace()));
  }

  private List<OtlpReceiver.Received> children(String name, OtlpReceiver.Received of) {
    return receiver.spans().stream()
        .filter(span -> span.name().equals(name) && span.parent().equals(of.id()))
        .toList();
  }

  /** Programs and names of a span and those around it, from the inside. */
  private List<OtlpReceiver.Received> way(OtlpReceiver.Received from, String... names)
      throws Exception {
    List<OtlpReceiver.Received> around = new ArrayList<>(List.of(from));
    while (around.size() < names.length) {
      String parent = around.get(around.size() - 1).parent();
      around.add(receiver.await(span -> span.id().equals(parent)));
    }
    assertThat(around)
        .extracting(span -> span.service() + " " + span.name())
        .containsExactly(names);
    assertThat(around).extracting(OtlpReceiver.Received::trace).containsOnly(from.trace());
    return around;
  }
}
