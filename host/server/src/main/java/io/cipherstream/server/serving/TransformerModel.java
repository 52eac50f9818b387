package io.cipherstream.server.serving;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.ServerModel;
import io.cipherstream.transformer.ServerRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A transformer with encoded weights, one {@link ServerModel} per parameter set. */
final class TransformerModel implements ServedModel {

  /** The only version of a package; a changed package has another digest. */
  static final String VERSION = "1";

  private final String name;
  private final ModelAnswers answers;
  private final String packageDigest;
  private final Path clientPackage;
  private final Map<CkksParameters, ServerModel> encoded;
  private final Map<CkksParameters, EngineBackend> backends;
  private final List<AgreedPlan> plans = new ArrayList<>();

  /**
   * @param encoded owned by this model
   * @param backends shared with other models; those of this one's parameter sets are taken
   */
  TransformerModel(
      String name,
      ModelAnswers answers,
      String packageDigest,
      Path clientPackage,
      Map<CkksParameters, ServerModel> encoded,
      Map<CkksParameters, EngineBackend> backends) {
    this.name = name;
    this.answers = answers;
    this.packageDigest = packageDigest;
    this.clientPackage = clientPackage;
    this.encoded = Map.copyOf(encoded);
    Map<CkksParameters, EngineBackend> own = new HashMap<>(backends);
    own.keySet().retainAll(encoded.keySet());
    this.backends = Map.copyOf(own);
    encoded.values().forEach(model -> model.plans().forEach(plan -> plans.add(plan.agreed())));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public ModelAnswers answers() {
    return answers;
  }

  @Override
  public String packageDigest() {
    return packageDigest;
  }

  @Override
  public Optional<Path> clientPackage() {
    return Optional.of(clientPackage);
  }

  @Override
  public List<AgreedPlan> plans() {
    return List.copyOf(plans);
  }

  @Override
  public EngineBackend backend(CkksParameters parameters) {
    EngineBackend backend = backends.get(parameters);
    if (backend == null) {
      throw new IllegalArgumentException("no engine for parameter set " + parameters);
    }
    return backend;
  }

  @Override
  public String engine() {
    return backends.values().stream().findFirst().map(EngineBackend::name).orElse("seal");
  }

  @Override
  public long weightBytes() {
    return encoded.values().stream().mapToLong(ServerModel::bytes).sum();
  }

  @Override
  public ServerRun start(AgreedPlan plan, EvaluationKeys keys, List<StoredTrack> tracks) {
    ServerModel model = encoded.get(plan.parameters());
    if (model == null) {
      throw new IllegalArgumentException("no weights for parameter set " + plan.parameters());
    }
    EngineBackend backend = backend(plan.parameters());
    return backend.start(model, InferenceMode.parse(plan.mode()), plan.tokenClass(), keys);
  }

  @Override
  public void close() {
    encoded.values().forEach(ServerModel::close);
  }
}
