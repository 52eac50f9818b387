package io.cipherstream.server.engine;

import java.util.function.Consumer;

/** Loads the configured models; blocks. */
@FunctionalInterface
public interface ModelLoader {

  /**
   * @param loaded called with each model as soon as it is encoded
   * @param progress called with a line for people whenever something is done
   */
  void load(Consumer<ServedModel> loaded, Consumer<String> progress);
}
