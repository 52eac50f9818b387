package io.cipherstream.workflow.run;

import io.cipherstream.workflow.convert.ConversionListener;

/** Follows a whole conversion; called on its thread, so it must be quick. */
public interface RunListener extends ConversionListener {

  /** A line that a reader should still see at the end. */
  void line(String text);

  /** What the next steps belong to, where that is no stage. */
  void part(String name);
}
