package io.cipherstream.cli.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.Json;
import io.cipherstream.network.NetworkDescription;
import io.cipherstream.network.NetworkPlan;
import java.io.PrintWriter;
import java.util.stream.Collectors;

/** Networks of polynomials as text and JSON. */
final class NetworkTexts {

  private NetworkTexts() {}

  /** Cells of a table's row. */
  static Object[] row(NetworkDescription network) {
    return new Object[] {
      network.name(),
      network.kind(),
      widths(network),
      network.degrees().toString(),
      network.levels(),
      network.labels().isEmpty() ? network.outputs() + " numbers" : "classes"
    };
  }

  private static String widths(NetworkDescription network) {
    return network.widths().stream().map(String::valueOf).collect(Collectors.joining("-"));
  }

  static void describe(PrintWriter out, NetworkDescription network) {
    NetworkPlan plan = network.plan();
    out.printf(
        "%s (%s of %s, licence %s)%n",
        network.name(), network.kind(), network.sourceFile(), network.licence());
    out.printf(
        "  widths %s, polynomials of degrees %s, %d levels%n",
        widths(network), network.degrees(), network.levels());
    network.fits().forEach(fit -> out.println("  " + fit.text()));
    out.printf(
        "  output: %s%n",
        network.labels().isEmpty() ? network.outputs() + " numbers" : network.labels());
    out.printf(
        "  mode sealed: %d rows a request, %d ciphertexts up, parameter set %s, %d rotation keys%n",
        plan.size(), plan.inputs().size(), plan.parameters(), plan.rotationLimbs().size());
  }

  static ObjectNode summary(NetworkDescription network) {
    NetworkPlan plan = network.plan();
    ObjectNode json = Json.object();
    json.put("name", network.name());
    json.put("kind", network.kind());
    ArrayNode widths = json.putArray("widths");
    network.widths().forEach(widths::add);
    ArrayNode degrees = json.putArray("degrees");
    network.degrees().forEach(degrees::add);
    json.put("levels", network.levels());
    json.set("labels", Json.strings(network.labels()));
    json.set("fits", Json.MAPPER.valueToTree(network.fits()));
    json.put("parameterSet", plan.parameters().name());
    json.put("rows", plan.size());
    json.put("ciphertextsUp", plan.inputs().size());
    json.put("rotationKeys", plan.rotationLimbs().size());
    return json;
  }
}
