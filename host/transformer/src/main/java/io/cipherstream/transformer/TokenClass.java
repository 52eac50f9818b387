package io.cipherstream.transformer;

import java.util.Collection;
import java.util.Comparator;

/** Choice of the token class for a sentence. */
public final class TokenClass {

  private TokenClass() {}

  /**
   * The plan of a mode for one text with the smallest class that holds so many tokens.
   *
   * @throws IllegalArgumentException that names the limit if there is none
   */
  public static InferencePlan choose(
      Collection<InferencePlan> plans, InferenceMode mode, int tokens) {
    return plans.stream()
        .filter(
            plan -> plan.mode() == mode && plan.tokenClass() >= tokens && !plan.takesManyTexts())
        .min(Comparator.comparingInt(InferencePlan::tokenClass))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    tokens
                        + " tokens in mode "
                        + mode.label()
                        + ": at most "
                        + plans.stream()
                            .filter(plan -> plan.mode() == mode && !plan.takesManyTexts())
                            .mapToInt(InferencePlan::tokenClass)
                            .max()
                            .orElse(0)
                        + " fit"));
  }
}
