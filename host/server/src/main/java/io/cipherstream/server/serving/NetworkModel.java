package io.cipherstream.server.serving;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.model.Pooling;
import io.cipherstream.network.EncodedNetwork;
import io.cipherstream.network.NetworkDescription;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.ServerRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A network of polynomials with its encoded weights. */
final class NetworkModel implements ServedModel {

  private final NetworkDescription description;
  private final String packageDigest;
  private final Path clientPackage;
  private final EncodedNetwork encoded;
  private final EngineBackend backend;
  private final AgreedPlan plan;

  /**
   * @param clientPackage network.json
   * @param encoded owned by this model
   * @param backend of its parameter set; stays the caller's
   */
  NetworkModel(
      NetworkDescription description,
      String packageDigest,
      Path clientPackage,
      EncodedNetwork encoded,
      EngineBackend backend) {
    this.description = description;
    this.packageDigest = packageDigest;
    this.clientPackage = clientPackage;
    this.encoded = encoded;
    this.backend = backend;
    this.plan = AgreedPlan.of(encoded.plan());
  }

  @Override
  public String name() {
    return description.name();
  }

  @Override
  public String version() {
    return TransformerModel.VERSION;
  }

  /** Each question has slots of its own, as a token of a model of word labels has. */
  @Override
  public ModelAnswers answers() {
    List<String> labels = description.labels();
    return new ModelAnswers(
        labels.isEmpty() ? "vector" : "classes", Pooling.NONE.text(), labels, null, true);
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
    return List.of(plan);
  }

  @Override
  public CryptoBackend backend(CkksParameters parameters) {
    return backend;
  }

  @Override
  public String engine() {
    return backend.name();
  }

  @Override
  public long weightBytes() {
    return encoded.bytes();
  }

  @Override
  public ServerRun start(AgreedPlan asked, EvaluationKeys keys, List<StoredTrack> tracks) {
    if (!asked.equals(plan)) {
      throw new IllegalArgumentException("a plan of another model: " + asked.digestHex());
    }
    return backend.start((on, received) -> List.of(answer(on, received, keys)));
  }

  private Ciphertext answer(CkksEvaluator on, List<HostCiphertext> received, EvaluationKeys keys) {
    List<Ciphertext> request = new ArrayList<>();
    try {
      received.forEach(each -> request.add(on.bring(each)));
      return encoded.run(on, keys, request);
    } finally {
      request.forEach(Ciphertext::close);
    }
  }

  @Override
  public void close() {
    encoded.close();
  }
}
