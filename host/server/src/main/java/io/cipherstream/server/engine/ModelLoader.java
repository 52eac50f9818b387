package io.cipherstream.server.engine;

import io.cipherstream.ckks.OperationObserver;
import java.util.function.Consumer;

/** Loads the configured models; blocks. */
@FunctionalInterface
public interface ModelLoader {

  /** Asks that every CKKS operation of models loaded from now on be reported. */
  default void observe(OperationObserver observer) {}

  /**
   * @param loaded called with each model as soon as it is encoded
   * @param progress called with a line for people whenever something is done
   */
  void load(Consumer<ServedModel> loaded, Consumer<String> progress);
}
