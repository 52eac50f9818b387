package io.cipherstream.gateway.tei;

import io.cipherstream.gateway.door.Members;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.model.Truncation;

/** Members that several requests have. */
final class TeiMembers {

  private TeiMembers() {}

  /**
   * Whether long texts are cut.
   *
   * @throws GatewayProblem if their beginning is to be left out
   */
  static Truncation truncation(Members members) {
    boolean cut = members.flag("truncate", false);
    String direction = members.optionalString("truncation_direction").orElse("Right");
    if (cut && !direction.equalsIgnoreCase("right")) {
      throw GatewayProblem.in(
          "truncation_direction",
          "member 'truncation_direction' is not Right: texts are cut at their end only");
    }
    return cut ? Truncation.CUT : Truncation.REFUSE;
  }

  /** 1 / (1 + exp(−x)). */
  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
