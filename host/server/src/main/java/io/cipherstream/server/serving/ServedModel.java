package io.cipherstream.server.serving;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.ServerRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A loaded model with its encoded weights. Safe for concurrent use. */
public interface ServedModel extends AutoCloseable {

  String name();

  String version();

  /** The kind of its answers. */
  ModelAnswers answers();

  /** SHA-256 of the package, in hexadecimal. */
  String packageDigest();

  /** The zip that clients fetch: tokenizer, embeddings, manifest; empty if they need none. */
  Optional<Path> clientPackage();

  /** Every mode and token class that is served. */
  List<AgreedPlan> plans();

  /** The engine below, for one of the plans' parameter sets. */
  CryptoBackend backend(CkksParameters parameters);

  /** Short name of the engine for metrics. */
  String engine();

  /** Off-heap bytes of its encoded weights. */
  long weightBytes();

  /**
   * Whether answers tell something of a secret of the appliance's, the weights: those of modes
   * without rounds are then flooded with noise and counted.
   */
  default boolean secret() {
    return true;
  }

  /** Stored tracks that an inference of a plan computes on. */
  default int tracks(AgreedPlan plan) {
    return 0;
  }

  /**
   * Starts an inference; the keys stay the caller's and must outlive it.
   *
   * @param tracks as many as {@link #tracks} says, each of the plan's size
   */
  ServerRun start(AgreedPlan plan, EvaluationKeys keys, List<StoredTrack> tracks);

  @Override
  void close();
}
