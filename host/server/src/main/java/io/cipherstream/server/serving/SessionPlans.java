package io.cipherstream.server.serving;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.transformer.AgreedPlan;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** Chooses among a model's plans; every refusal lists the existing ones. */
public final class SessionPlans {

  private SessionPlans() {}

  /**
   * The plans of a parameter set, narrowed to modes and token classes where these are not empty.
   *
   * @throws ProblemException {@link ProblemType#PARAMS_REJECTED}, {@link
   *     ProblemType#MODE_UNSUPPORTED} or {@link ProblemType#TOKEN_CLASS_UNSUPPORTED}
   */
  public static List<AgreedPlan> choose(
      ServedModel model,
      String parametersDigest,
      Collection<String> modes,
      Collection<Integer> tokenClasses) {
    for (String mode : modes) {
      if (model.plans().stream().noneMatch(plan -> plan.mode().equals(mode))) {
        throw modeUnsupported(mode, model);
      }
    }
    List<AgreedPlan> ofSet =
        model.plans().stream()
            .filter(plan -> plan.parameters().digestHex().equals(parametersDigest))
            .filter(plan -> modes.isEmpty() || modes.contains(plan.mode()))
            .toList();
    if (ofSet.isEmpty()
        || modes.stream().anyMatch(m -> ofSet.stream().noneMatch(p -> p.mode().equals(m)))) {
      throw paramsRejected(model, parametersDigest);
    }
    for (int tokenClass : tokenClasses) {
      if (ofSet.stream().noneMatch(plan -> plan.tokenClass() == tokenClass)) {
        throw tokenClassUnsupported(tokenClass, ofSet);
      }
    }
    return ofSet.stream()
        .filter(plan -> tokenClasses.isEmpty() || tokenClasses.contains(plan.tokenClass()))
        .toList();
  }

  /**
   * The plan of one inference among those of its session.
   *
   * @throws ProblemException {@link ProblemType#MODE_UNSUPPORTED}, {@link
   *     ProblemType#TOKEN_CLASS_UNSUPPORTED} or {@link ProblemType#PLAN_MISMATCH}
   */
  public static AgreedPlan one(
      ServedModel model, List<AgreedPlan> plans, String mode, int tokenClass, String digest) {
    List<AgreedPlan> ofMode = plans.stream().filter(plan -> plan.mode().equals(mode)).toList();
    if (ofMode.isEmpty()) {
      throw modeUnsupported(mode, model)
          .with("sessionModes", plans.stream().map(plan -> plan.mode()).distinct().toList());
    }
    AgreedPlan plan =
        ofMode.stream()
            .filter(p -> p.tokenClass() == tokenClass)
            .findFirst()
            .orElseThrow(() -> tokenClassUnsupported(tokenClass, ofMode));
    if (!plan.digestHex().equals(digest)) {
      throw ProblemException.of(
          ProblemType.PLAN_MISMATCH,
          "plan " + digest,
          "plan " + plan.digestHex(),
          "fetch the model's client package again, and use the same release on both sides");
    }
    return plan;
  }

  private static ProblemException modeUnsupported(String mode, ServedModel model) {
    TreeSet<String> modes = new TreeSet<>();
    model.plans().forEach(plan -> modes.add(plan.mode()));
    return ProblemException.of(
        ProblemType.MODE_UNSUPPORTED,
        "mode '" + mode + "' for model '" + model.name() + "'",
        "one of " + modes,
        "choose a mode that the model and the session have");
  }

  private static ProblemException tokenClassUnsupported(int tokenClass, List<AgreedPlan> plans) {
    TreeSet<Integer> classes = new TreeSet<>();
    plans.forEach(plan -> classes.add(plan.tokenClass()));
    return ProblemException.of(
        ProblemType.TOKEN_CLASS_UNSUPPORTED,
        "token class " + tokenClass,
        "one of " + classes,
        "shorten the text or choose another model");
  }

  private static ProblemException paramsRejected(ServedModel model, String digest) {
    List<String> sets =
        model.plans().stream()
            .map(plan -> describe(plan.mode(), plan.parameters()))
            .distinct()
            .toList();
    return ProblemException.of(
        ProblemType.PARAMS_REJECTED,
        "parameter set " + digest,
        "one of " + sets,
        "make keys for the parameter set of the chosen mode");
  }

  private static String describe(String mode, CkksParameters parameters) {
    return mode + ": " + parameters.name() + " " + parameters.digestHex();
  }
}
