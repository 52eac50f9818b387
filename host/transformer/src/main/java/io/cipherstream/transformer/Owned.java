package io.cipherstream.transformer;

import java.util.ArrayList;
import java.util.List;

/**
 * Closes what a computation made. Used with try-with-resources: everything kept is closed at the
 * end unless it was released to the caller.
 */
final class Owned implements AutoCloseable {

  private final List<AutoCloseable> kept = new ArrayList<>();

  /** Keeps an object; returns it. */
  <T extends AutoCloseable> T keep(T object) {
    kept.add(object);
    return object;
  }

  /** Keeps all objects; returns the list. */
  <T extends AutoCloseable> List<T> keepAll(List<T> objects) {
    kept.addAll(objects);
    return objects;
  }

  /** Gives an object up: it will not be closed here. */
  <T extends AutoCloseable> T release(T object) {
    kept.removeIf(other -> other == object);
    return object;
  }

  @Override
  public void close() {
    closeAll(kept);
    kept.clear();
  }

  /** Closes every object, even when one of them fails; the first failure is thrown at the end. */
  static void closeAll(List<? extends AutoCloseable> objects) {
    RuntimeException failure = null;
    for (AutoCloseable object : objects) {
      try {
        object.close();
      } catch (Exception e) {
        failure = failure == null ? new IllegalStateException("could not release", e) : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
