package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

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

  /** rot(x, 8·run·F) for every run. */
  static List<Ciphertext> bases(StepContext ctx, TokenLayout tokens, Ciphertext x) {
    int[] steps = IntStream.range(0, runs(tokens)).map(r -> r * RUN * tokens.features()).toArray();
    return ctx.evaluator().fuses()
        ? ctx.evaluator().rotateAll(x, steps, ctx.keys())
        : ctx.parallel().map(steps.length, run -> ctx.rotate(x, steps[run]));
  }

  /** rot(base, b·F) for b = 0 … 7; the base is the first of them. */
  static List<Ciphertext> run(StepContext ctx, TokenLayout tokens, Ciphertext base) {
    int[] steps = IntStream.range(1, RUN).map(b -> b * tokens.features()).toArray();
    List<Ciphertext> rotated = new ArrayList<>(RUN);
    rotated.add(base);
    rotated.addAll(ctx.evaluator().rotateAll(base, steps, ctx.keys()));
    return rotated;
  }

  /** All T rotations of x, in order. */
  static List<Ciphertext> all(StepContext ctx, TokenLayout tokens, Ciphertext x) {
    try (Owned owned = new Owned()) {
      List<Ciphertext> bases = owned.keepAll(bases(ctx, tokens, x));
      List<Batch> batches =
          ctx.parallel()
              .map(bases.size(), i -> new Batch(run(ctx, tokens, bases.get(i)).subList(1, RUN)));
      List<Ciphertext> rotated = new ArrayList<>();
      for (int i = 0; i < bases.size(); i++) {
        rotated.add(owned.release(bases.get(i)));
        rotated.addAll(batches.get(i).rotations());
      }
      return rotated;
    }
  }

  private record Batch(List<Ciphertext> rotations) implements AutoCloseable {
    @Override
    public void close() {
      Owned.closeAll(rotations);
    }
  }
}
