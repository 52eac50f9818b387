package io.cipherstream.engine;

import io.cipherstream.ring.EngineException;

/** Told what happens to engines. Called from any thread. */
public interface EngineEvents {

  /** An inference left the engine for SEAL. */
  void fellBack(String engine, EngineException cause);

  /** A program was computed again on SEAL's routines. */
  void crossChecked(String engine, boolean same);

  /** Does nothing. */
  EngineEvents NONE =
      new EngineEvents() {
        @Override
        public void fellBack(String engine, EngineException cause) {}

        @Override
        public void crossChecked(String engine, boolean same) {}
      };
}
