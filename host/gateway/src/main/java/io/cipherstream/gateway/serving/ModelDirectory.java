package io.cipherstream.gateway.serving;

import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The gateway's models by name, in the order in which they were named. */
public final class ModelDirectory {

  private static final int RETRY_SECONDS = 2;

  private final Map<String, AnsweringModel> models = new LinkedHashMap<>();

  /**
   * @param models at least one, with different names
   */
  public ModelDirectory(List<? extends AnsweringModel> models) {
    models.forEach(model -> this.models.put(model.name(), model));
  }

  public List<AnsweringModel> all() {
    return List.copyOf(models.values());
  }

  /** Whether every model can be asked. */
  public boolean ready() {
    return models.values().stream().allMatch(AnsweringModel::ready);
  }

  /**
   * @throws GatewayProblem of kind MODEL_UNKNOWN
   */
  public AnsweringModel find(String name) {
    AnsweringModel model = models.get(name);
    if (model == null) {
      throw GatewayProblem.of(
          GatewayProblemKind.MODEL_UNKNOWN,
          "this gateway has no model of that name; its models: " + List.copyOf(models.keySet()));
    }
    return model;
  }

  /**
   * What is known of a model.
   *
   * @throws GatewayProblem of kind UNAVAILABLE while no appliance has been reached
   */
  public static ModelFacts facts(AnsweringModel model) {
    return model
        .facts()
        .orElseThrow(
            () ->
                GatewayProblem.of(
                        GatewayProblemKind.UNAVAILABLE,
                        "model "
                            + model.name()
                            + " is not ready: its appliance has not been reached yet")
                    .retryAfter(RETRY_SECONDS));
  }
}
