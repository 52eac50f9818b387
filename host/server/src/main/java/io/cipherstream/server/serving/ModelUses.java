package io.cipherstream.server.serving;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Counts what computes with each model, so that one that is given up is closed after its last
 * inference. Thread-safe.
 */
final class ModelUses {

  private final Map<ServedModel, Integer> counts = new HashMap<>();
  private final Map<ServedModel, Consumer<ServedModel>> givenUp = new HashMap<>();

  /** One more computes with it. */
  synchronized void begin(ServedModel model) {
    counts.merge(model, 1, Integer::sum);
  }

  /** One fewer does. Blocks where it was the last of a model that was given up. */
  void end(ServedModel model) {
    Consumer<ServedModel> last;
    synchronized (this) {
      int left = counts.getOrDefault(model, 1) - 1;
      if (left > 0) {
        counts.put(model, left);
        return;
      }
      counts.remove(model);
      last = givenUp.remove(model);
    }
    if (last != null) {
      last.accept(model);
    }
  }

  /**
   * Nothing begins with this model any more.
   *
   * @param close called once, when nothing computes with it: perhaps at once
   */
  void giveUp(ServedModel model, Consumer<ServedModel> close) {
    boolean idle;
    synchronized (this) {
      idle = !counts.containsKey(model);
      if (!idle) {
        givenUp.put(model, close);
      }
    }
    if (idle) {
      close.accept(model);
    }
  }

  /** Closes those that were given up and are still counted, because the appliance ends. */
  void close() {
    Map<ServedModel, Consumer<ServedModel>> left;
    synchronized (this) {
      left = Map.copyOf(givenUp);
      givenUp.clear();
    }
    left.forEach((model, close) -> close.accept(model));
  }
}
