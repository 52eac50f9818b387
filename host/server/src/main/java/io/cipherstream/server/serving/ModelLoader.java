package io.cipherstream.server.serving;

import io.cipherstream.ckks.OperationObserver;
import io.cipherstream.engine.EngineEvents;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** Loads models: those of the configuration, then others by name; blocks. Thread-safe. */
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

  /** Models that {@link #load(String)} can load now; asked anew each time. */
  default SortedSet<String> names() {
    return new TreeSet<>();
  }

  /**
   * Loads one more model, after the configured ones.
   *
   * @throws ModelTooLargeException if it does not fit beside the others
   * @throws RuntimeException of other classes if its package is not there or broken, or its engine
   *     cannot be opened
   */
  default ServedModel load(String name) {
    throw new IllegalArgumentException("no model '" + name + "'");
  }

  /** Says that a model was closed, so that others may have the memory of its weights. */
  default void freed(long weightBytes) {}
}
