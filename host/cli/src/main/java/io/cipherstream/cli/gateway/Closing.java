package io.cipherstream.cli.gateway;

import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what was added, the last one first, once. Thread-safe. */
final class Closing implements AutoCloseable {

  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  synchronized <T extends AutoCloseable> T add(T resource) {
    open.push(resource);
    return resource;
  }

  @Override
  public synchronized void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        System.err.println("cipherstream: something could not be closed: " + e.getClass());
      }
    }
  }
}
