package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import java.util.List;

/** The data of one sealed model and number of chunks; known to both sides. */
interface SealedContext {

  ModelShape shape();

  CkksParameters parameters();

  /** Most tokens of a text. */
  int tokens();

  /** What the client sends. */
  List<CiphertextSpec> inputs();

  /** F, the period of most of the weights. */
  int features();

  /**
   * Weights of shapes alone, to trace the program.
   *
   * @param shapes of period F
   */
  SealedEncoding weights(PlainSource shapes);

  /** The client's side. */
  ClientSide side();
}
