package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.ArrayList;
import java.util.List;

/**
 * What a chunk's first layer gives: h² and h, one a block of neurons, the residual y, and keys.
 * Closing it closes them all.
 */
record DeepState(
    List<Ciphertext> squares, List<Ciphertext> hidden, Ciphertext residual, Ciphertext keys)
    implements AutoCloseable {

  /** h² and h of each block in turn, then y, with fewer limbs; the caller closes them. */
  List<Ciphertext> lowered(StepContext ctx, int limbs) {
    List<Ciphertext> all = new ArrayList<>();
    for (int b = 0; b < squares.size(); b++) {
      all.add(squares.get(b));
      all.add(hidden.get(b));
    }
    all.add(residual);
    return ctx.parallel().map(all.size(), i -> ctx.drop(all.get(i), limbs));
  }

  @Override
  public void close() {
    List<Ciphertext> all = new ArrayList<>(squares);
    all.addAll(hidden);
    all.add(residual);
    all.add(keys);
    Owned.closeAll(all);
  }
}
