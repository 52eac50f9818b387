package io.cipherstream.transformer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Plans as JSON, for the manifest and for {@code model inspect}. */
public final class PlanJson {

  private PlanJson() {}

  /**
   * The plans of a model: {@code {"version", "keys": {…}, "plans": [{"mode", "tokenClass",
   * "digest", "inputs", "rounds", "result", "rotationLimbs", "relinearizationLimbs", "costs"}]}}.
   * Ciphertext lists are run-length groups {@code {"count", "limbs", "scaleLog2"}}.
   */
  public static ObjectNode of(Collection<InferencePlan> plans) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("version", InferencePlan.VERSION);
    KeyRequirements keys = KeyRequirements.of(plans);
    ObjectNode keyNode = root.putObject("keys");
    keyNode.put("rotationKeys", keys.rotationLimbs().size());
    keyNode.put("relinearizationLimbs", keys.relinearizationLimbs());
    plans.stream()
        .findFirst()
        .ifPresent(plan -> keyNode.put("payloadBytes", keys.payloadBytes(plan.parameters())));
    ArrayNode list = root.putArray("plans");
    plans.forEach(plan -> list.add(plan(plan)));
    return root;
  }

  private static ObjectNode plan(InferencePlan plan) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("mode", plan.mode().label());
    node.put("tokenClass", plan.tokenClass());
    node.put("parameterSet", plan.parameters().name());
    node.put("digest", plan.digestHex());
    node.set("inputs", specs(plan.inputs()));
    ArrayNode rounds = node.putArray("rounds");
    for (Round round : plan.rounds()) {
      ObjectNode roundNode = rounds.addObject();
      roundNode.put("layer", round.layer());
      roundNode.put("operation", round.operation().label());
      roundNode.set("down", specs(round.down()));
      roundNode.set("up", specs(round.up()));
    }
    node.set("result", specs(plan.result()));
    ObjectNode rotations = node.putObject("rotationLimbs");
    plan.rotationLimbs().forEach((step, limbs) -> rotations.put(Integer.toString(step), limbs));
    node.put("relinearizationLimbs", plan.relinearizationLimbs());
    node.set("costs", costs(plan.costs()));
    return node;
  }

  private static ObjectNode costs(PlanCosts costs) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("rounds", costs.rounds());
    node.put("payloadBytesUp", costs.payloadBytesUp());
    node.put("payloadBytesDown", costs.payloadBytesDown());
    node.put("keyBytes", costs.keyBytes());
    node.put("weightBytes", costs.weightBytes());
    ObjectNode operations = node.putObject("operations");
    costs
        .operations()
        .forEach(
            (operation, byLimbs) -> {
              ObjectNode counts =
                  operations.putObject(operation.name().toLowerCase(Locale.ROOT).replace('_', '-'));
              byLimbs.forEach((limbs, times) -> counts.put(Integer.toString(limbs), times));
            });
    return node;
  }

  private static ArrayNode specs(List<CiphertextSpec> specs) {
    ArrayNode groups = JsonNodeFactory.instance.arrayNode();
    for (int from = 0; from < specs.size(); ) {
      int to = from;
      while (to < specs.size() && specs.get(to).equals(specs.get(from))) {
        to++;
      }
      ObjectNode group = groups.addObject();
      group.put("count", to - from);
      group.put("limbs", specs.get(from).limbs());
      group.put("scaleLog2", Math.log(specs.get(from).scale()) / Math.log(2));
      from = to;
    }
    return groups;
  }
}
