package io.cipherstream.cli.model;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.cli.base.Table;
import io.cipherstream.cli.base.Units;
import io.cipherstream.ring.Modulus;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.KeyRequirements;
import io.cipherstream.transformer.PlanCosts;
import io.cipherstream.transformer.Round;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Tables of plans. */
final class PlanTables {

  private PlanTables() {}

  /** One line per plan: the predicted cost of a sentence. */
  static void overview(PrintWriter out, List<InferencePlan> plans) {
    Table table =
        new Table("mode", "tokens", "set", "rounds", "up", "down", "encoded weights", "digest");
    for (InferencePlan plan : plans) {
      PlanCosts costs = plan.costs();
      table.row(
          plan.mode().label(),
          plan.tokenClass(),
          plan.parameters().name(),
          costs.rounds(),
          Units.bytes(costs.payloadBytesUp()),
          Units.bytes(costs.payloadBytesDown()),
          Units.bytes(costs.weightBytes()),
          plan.digestHex().substring(0, 12));
    }
    table.print(out);
    out.println();
  }

  static void parameters(PrintWriter out, CkksParameters parameters) {
    out.printf(
        "parameter set %s: N = %d, prime bits %s | %s, %s%n%n",
        parameters.name(),
        parameters.degree(),
        bits(parameters.dataPrimes()),
        bits(parameters.specialPrimes()),
        parameters.security());
  }

  private static String bits(List<Modulus> primes) {
    return primes.stream()
        .map(prime -> Integer.toString(prime.bits()))
        .collect(Collectors.joining(" "));
  }

  /** The keys that a client of each mode makes and uploads, for all token classes together. */
  static void rotationKeys(PrintWriter out, List<InferencePlan> plans) {
    Map<InferenceMode, List<InferencePlan>> byMode =
        plans.stream()
            .collect(Collectors.groupingBy(InferencePlan::mode, TreeMap::new, Collectors.toList()));
    byMode.forEach(
        (mode, ofMode) -> {
          KeyRequirements keys = KeyRequirements.of(ofMode);
          out.printf(
              "keys for %s: %d rotation steps, relinearisation at %d limbs, %s uploaded once%n",
              mode.label(),
              keys.rotationLimbs().size(),
              keys.relinearizationLimbs(),
              Units.bytes(keys.payloadBytes(ofMode.get(0).parameters())));
          Map<Integer, List<Integer>> byLimbs = new TreeMap<>();
          keys.rotationLimbs()
              .forEach(
                  (step, limbs) ->
                      byLimbs.computeIfAbsent(limbs, l -> new ArrayList<>()).add(step));
          byLimbs.forEach((limbs, steps) -> out.printf("  at %d limbs: %s%n", limbs, steps));
        });
    out.println();
  }

  /** Number of times each operation runs in one inference, by limbs. */
  static void operations(PrintWriter out, List<InferencePlan> plans) {
    Table table = new Table("mode", "tokens", "operation", "limbs:times");
    for (InferencePlan plan : plans) {
      plan.costs()
          .operations()
          .forEach(
              (operation, byLimbs) ->
                  table.row(
                      plan.mode().label(),
                      plan.tokenClass(),
                      operation.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                      byLimbs.entrySet().stream()
                          .map(e -> e.getKey() + ":" + e.getValue())
                          .collect(Collectors.joining("  "))));
    }
    table.print(out);
    out.println();
  }

  /** Every interaction of one plan. */
  static void rounds(PrintWriter out, InferencePlan plan) {
    out.printf("rounds of %s with %d tokens%n", plan.mode().label(), plan.tokenClass());
    Table table = new Table("round", "layer", "client does", "down", "up");
    table.row("in", "", "embed", "", specs(plan.inputs()));
    for (Round round : plan.rounds()) {
      table.row(
          round.index(),
          round.layer(),
          round.operation().label(),
          specs(round.down()),
          specs(round.up()));
    }
    table.row("out", "", "read", specs(plan.result()), "");
    table.print(out);
    out.println();
  }

  private static String specs(List<CiphertextSpec> specs) {
    Map<CiphertextSpec, Long> counts =
        specs.stream()
            .collect(
                Collectors.groupingBy(s -> s, java.util.LinkedHashMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .map(
            e ->
                String.format(
                    Locale.ROOT,
                    "%d × %d limbs 2^%.1f",
                    e.getValue(),
                    e.getKey().limbs(),
                    Math.log(e.getKey().scale()) / Math.log(2)))
        .collect(Collectors.joining(", "));
  }
}
