package io.cipherstream.transformer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Owns objects outside the Java heap and closes them when it is closed, so that nothing is lost
 * when a computation fails. Safe for concurrent use.
 */
final class Scope implements AutoCloseable {

  private final Set<AutoCloseable> owned = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean closed;

  /**
   * Owns an object from now on; returns it.
   *
   * @throws IllegalStateException if the scope is closed; the object is closed then too
   */
  <T extends AutoCloseable> T add(T object) {
    synchronized (this) {
      if (!closed) {
        owned.add(object);
        return object;
      }
    }
    closeAll(List.of(object));
    throw new IllegalStateException("the scope is closed, it can own nothing more");
  }

  /** Whether the object is owned here. */
  synchronized boolean owns(AutoCloseable object) {
    return owned.contains(object);
  }

  /**
   * Gives an object up, which will not be closed here; returns it.
   *
   * @throws IllegalStateException if it is not owned here
   */
  synchronized <T extends AutoCloseable> T release(T object) {
    if (!owned.remove(object)) {
      throw new IllegalStateException(
          "an object that this scope does not own, expected one that it made or was given");
    }
    return object;
  }

  /** Closes what is owned; further calls do nothing. */
  @Override
  public void close() {
    List<AutoCloseable> rest;
    synchronized (this) {
      closed = true;
      rest = new ArrayList<>(owned);
      owned.clear();
    }
    closeAll(rest);
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
