package io.cipherstream.server.serving;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.ServerRun;
import java.nio.file.Path;
import java.util.List;

/** A loaded model with its encoded weights. Safe for concurrent use. */
public interface ServedModel extends AutoCloseable {

  String name();

  String version();

  /** The kind of its answers. */
  ModelAnswers answers();

  /** SHA-256 of the package, in hexadecimal. */
  String packageDigest();

  /** The zip that clients fetch: tokenizer, embeddings, manifest. */
  Path clientPackage();

  /** Every mode and token class that is served. */
  List<AgreedPlan> plans();

  /** The engine below, for one of the plans' parameter sets. */
  CryptoBackend backend(CkksParameters parameters);

  /** Short name of the engine for metrics. */
  String engine();

  /** Off-heap bytes of its encoded weights. */
  long weightBytes();

  /** Starts an inference; the keys stay the caller's and must outlive it. */
  ServerRun start(AgreedPlan plan, EvaluationKeys keys);

  @Override
  void close();
}
