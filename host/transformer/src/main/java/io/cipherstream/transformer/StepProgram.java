package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.List;

/**
 * The server's side of one inference, step by step, over any evaluator: traced to make a plan,
 * simulated on plain slots, or run on ciphertexts. One thread at a time; {@link #close} may come
 * between steps at any point.
 */
interface StepProgram extends AutoCloseable {

  /** Runs one step on what the client sent; closes it. The caller closes what comes back. */
  Exchange step(List<Ciphertext> received);

  @Override
  void close();
}
