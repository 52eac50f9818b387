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
    return ctx.fuses()
        ? ctx.rotateAll(x, steps)
        : ctx.map(steps.length, (s, run) -> s.rotate(x, steps[run]));
  }

  /** rot(base, b·F) for b = 1 … 7. */
  private static List<Ciphertext> others(StepContext ctx, TokenLayout tokens, Ciphertext base) {
    return ctx.rotateAll(base, IntStream.range(1, RUN).map(b -> b * tokens.features()).toArray());
  }

  /** rot(base, b·F) for b = 0 … 7; the base is the first of them. */
  static List<Ciphertext> run(StepContext ctx, TokenLayout tokens, Ciphertext base) {
    List<Ciphertext> rotated = new ArrayList<>(List.of(base));
    rotated.addAll(others(ctx, tokens, base));
    return rotated;
  }

  /** All T rotations of x, in order. */
  static List<Ciphertext> all(StepContext ctx, TokenLayout tokens, Ciphertext x) {
    List<Ciphertext> bases = bases(ctx, tokens, x);
    List<List<Ciphertext>> others =
        ctx.mapAll(bases.size(), (s, i) -> others(s, tokens, bases.get(i)));
    List<Ciphertext> rotated = new ArrayList<>();
    for (int i = 0; i < bases.size(); i++) {
      rotated.add(bases.get(i));
      rotated.addAll(others.get(i));
    }
    return rotated;
  }
}
