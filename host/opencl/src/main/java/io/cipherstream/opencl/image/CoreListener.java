package io.cipherstream.opencl.image;

/**
 * Hears of every run of a core as soon as it has ended, even while later runs of the same program
 * are under way. Runs of one unit come in order, on one thread of the engine; those of other units
 * at the same time on others. It must not wait: the unit's programs wait with it.
 */
public interface CoreListener {

  /** A run ended well. */
  void finished(CoreRun run);

  /** Does nothing. */
  CoreListener NONE = run -> {};
}
