package io.cipherstream.workflow.sealed;

import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.workflow.convert.ConversionListener;
import io.cipherstream.workflow.convert.ExactTeacher;

/** Follows the making of sealed models; called on the thread that makes them. */
public interface SealedListener extends ConversionListener {

  /** The teacher is there; called before the first phase. */
  void teacher(ExactTeacher teacher);

  /**
   * A phase of a training begins.
   *
   * @param name of the phase
   */
  void phase(SealedSpec spec, long seed, String name);

  /** A model is trained and scored. */
  void trial(SealedTrial trial);
}
