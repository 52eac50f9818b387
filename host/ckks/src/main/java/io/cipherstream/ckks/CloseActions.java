package io.cipherstream.ckks;

import java.util.ArrayList;
import java.util.List;

/** What is to happen when an object is closed, once. Safe for concurrent use. */
public final class CloseActions {

  private final List<Runnable> actions = new ArrayList<>();
  private boolean closed;

  /** Adds an action; runs it at once if {@link #run} was called. */
  public void add(Runnable action) {
    synchronized (this) {
      if (!closed) {
        actions.add(action);
        return;
      }
    }
    action.run();
  }

  /** Runs the actions; later calls do nothing. */
  public void run() {
    List<Runnable> due;
    synchronized (this) {
      closed = true;
      due = List.copyOf(actions);
      actions.clear();
    }
    due.forEach(Runnable::run);
  }
}
