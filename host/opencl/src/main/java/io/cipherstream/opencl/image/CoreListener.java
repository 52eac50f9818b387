package io.cipherstream.opencl.image;

/**
 * Is told of every run of a core as soon as it has ended, even while later runs of the same program
 * are under way. Runs of one unit arrive in order, on one thread of the engine; those of other
 * units at the same time on other threads. It must not block, since the unit's programs wait for
 * it.
 */
public interface CoreListener {

  /** A run ended successfully. */
  void finished(CoreRun run);

  /** Does nothing. */
  CoreListener NONE = run -> {};
}
