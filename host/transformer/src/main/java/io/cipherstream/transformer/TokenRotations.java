package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.ArrayList;
import java.util.List;

/**
 * Rotations by whole tokens, r = 8a + b: first by 8a·F, then by b·F, so that a class needs 7 + T/8
 * − 1 keys instead of T − 1. The number of rotations stays T − 1.
 */
final class TokenRotations {

  /** Tokens in a run that shares its first rotation. */
  static final int RUN = 8;

  private TokenRotations() {}

  /** Runs of a class. */
  static int runs(TokenLayout tokens) {
    return tokens.tokens() / RUN;
  }

  /** rot(x, 8·run·F + b·F) for b = 0 … 7. */
  static List<Ciphertext> run(Engine engine, TokenLayout tokens, Ciphertext x, int run) {
    try (Owned owned = new Owned()) {
      Ciphertext base = owned.keep(engine.rotate(x, run * RUN * tokens.features()));
      List<Ciphertext> rotated = new ArrayList<>();
      rotated.add(base);
      for (int b = 1; b < RUN; b++) {
        rotated.add(owned.keep(engine.rotate(base, b * tokens.features())));
      }
      rotated.forEach(owned::release);
      return rotated;
    }
  }

  /** All T rotations of x, in order. */
  static List<Ciphertext> all(Engine engine, TokenLayout tokens, Ciphertext x) {
    List<Batch> batches =
        engine.parallel().map(runs(tokens), i -> new Batch(run(engine, tokens, x, i)));
    List<Ciphertext> rotated = new ArrayList<>();
    batches.forEach(batch -> rotated.addAll(batch.rotations()));
    return rotated;
  }

  private record Batch(List<Ciphertext> rotations) implements AutoCloseable {
    @Override
    public void close() {
      Owned.closeAll(rotations);
    }
  }
}
