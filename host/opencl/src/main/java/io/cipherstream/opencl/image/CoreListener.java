package io.cipherstream.opencl.image;

/** Hears of every run of a core. Called on threads of the engine: it must not wait. */
public interface CoreListener {

  /** A run ended well. */
  void finished(CoreRun run);

  /** Does nothing. */
  CoreListener NONE = run -> {};
}
