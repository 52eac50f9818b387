package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.ArrayList;
import java.util.List;

/**
 * What a first layer gives: h² and h, one a block of neurons, and the residual y.
 *
 * @param squares where the first layer attends, those of odd blocks are −h²
 * @param hidden likewise i·h
 */
record DeepState(List<Ciphertext> squares, List<Ciphertext> hidden, Ciphertext residual) {

  /** h² and h of each block in turn, then y, with fewer limbs. */
  List<Ciphertext> lowered(StepContext ctx, int limbs) {
    List<Ciphertext> all = new ArrayList<>();
    for (int b = 0; b < squares.size(); b++) {
      all.add(squares.get(b));
      all.add(hidden.get(b));
    }
    all.add(residual);
    return ctx.dropAll(all, limbs);
  }
}
