package io.cipherstream.server.serving;

import io.cipherstream.ckks.OperationObserver;
import io.cipherstream.engine.EngineEvents;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** Loads the configured models; blocks. */
@FunctionalInterface
public interface ModelLoader {

  /**
   * Asks that every CKKS operation of models loaded from now on be reported, and what happens to
   * their engines.
   *
   * @param observers the observer of an engine's operations by its name
   */
  default void observe(Function<String, OperationObserver> observers, EngineEvents events) {}

  /**
   * Asks to be told of each model that is left out: its name, and {@code too-large} or {@code
   * broken}; the log says more.
   */
  default void onLeftOut(BiConsumer<String, String> listener) {}

  /**
   * @param loaded called with each model as soon as it is encoded
   * @param progress called with a line for people whenever something is done
   */
  void load(Consumer<ServedModel> loaded, Consumer<String> progress);
}
