package io.cipherstream.ring;

/** A submitted program. */
public interface Completion {

  /**
   * Waits until the program has finished. May be called any number of times from any thread.
   *
   * @throws EngineException if it failed; what it would have written is then undefined
   */
  ProgramResult await();
}
