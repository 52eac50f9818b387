package io.cipherstream.workflow.run;

import io.cipherstream.workflow.convert.ConversionListener;

/** Sees a whole conversion on its way; called from its thread, so it must be quick. */
public interface RunListener extends ConversionListener {

  /** Something that a reader should still see at the end. */
  void line(String text);
}
