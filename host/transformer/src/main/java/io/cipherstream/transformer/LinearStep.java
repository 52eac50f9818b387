package io.cipherstream.transformer;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Products of encoded matrices with one blocked activation, sharing its baby rotations. */
final class LinearStep {

  private LinearStep() {}

  /** A residual γ∘y that is added to a product. */
  record Residual(List<Ciphertext> activation, PeriodicPlaintexts gamma) {}

  /** W·x + b, one ciphertext per output block. */
  static List<Ciphertext> apply(
      StepContext ctx, EncodedLinear linear, List<Ciphertext> input, @Nullable Residual residual) {
    return compute(ctx, List.of(linear), input, residual, true).get(0);
  }

  /** W·x without the bias. */
  static List<Ciphertext> products(StepContext ctx, EncodedLinear linear, List<Ciphertext> input) {
    return compute(ctx, List.of(linear), input, null, false).get(0);
  }

  /** W·x + b of several matrices with the same input layout and baby steps. */
  static List<List<Ciphertext>> apply(
      StepContext ctx, List<EncodedLinear> linears, List<Ciphertext> input) {
    return compute(ctx, linears, input, null, true);
  }

  private static List<List<Ciphertext>> compute(
      StepContext ctx,
      List<EncodedLinear> linears,
      List<Ciphertext> input,
      @Nullable Residual residual,
      boolean withBias) {
    int babySteps = linears.get(0).matrix().structure().babySteps();
    List<BabyGiantProduct.Piece> pieces = new ArrayList<>();
    for (EncodedLinear linear : linears) {
      for (int piece = 0; piece < linear.matrix().halves(); piece++) {
        pieces.add(linear.matrix().piece(piece));
      }
    }
    try (StepContext s = ctx.open()) {
      List<List<Ciphertext>> halves = results(s, babySteps, pieces, input);
      List<List<Ciphertext>> results = new ArrayList<>();
      int next = 0;
      for (EncodedLinear linear : linears) {
        List<Ciphertext> blocks = new ArrayList<>();
        for (int block = 0; block < linear.matrix().halves() / 2; block++) {
          List<Ciphertext> terms = new ArrayList<>(halves.get(next++));
          terms.addAll(halves.get(next++));
          if (residual != null) {
            terms.add(term(s, residual, block));
          }
          Ciphertext sum = terms.size() == 1 ? terms.get(0) : s.sum(terms);
          blocks.add(s.keep(withBias ? s.addPlain(sum, linear.bias(), block) : sum));
          s.free(sum);
          s.free(terms);
        }
        results.add(blocks);
      }
      return results;
    }
  }

  /** The term that a residual adds to a block. */
  private static Ciphertext term(StepContext ctx, Residual residual, int block) {
    int[] index = new int[residual.activation().size()];
    Arrays.fill(index, -1);
    index[block] = block;
    return ctx.sumOfPlainProducts(residual.activation(), residual.gamma(), index);
  }

  /** Pieces that all have a diagonal. */
  static List<Ciphertext> pieces(
      StepContext ctx, int babySteps, List<BabyGiantProduct.Piece> pieces, List<Ciphertext> input) {
    return results(ctx, babySteps, pieces, input).stream().map(piece -> piece.get(0)).toList();
  }

  /** One result per piece, or none if it has no diagonal. */
  private static List<List<Ciphertext>> results(
      StepContext ctx, int babySteps, List<BabyGiantProduct.Piece> pieces, List<Ciphertext> input) {
    BabyGiantProduct product = new BabyGiantProduct(babySteps, pieces);
    if (ctx.fuses()) {
      return ctx.babyGiantProducts(input, product).stream()
          .map(result -> result.map(List::of).orElse(List.of()))
          .toList();
    }
    try (StepContext s = ctx.open()) {
      List<Ciphertext> babies =
          s.map(
              input.size() * babySteps,
              (piece, i) -> piece.rotate(input.get(i / babySteps), i % babySteps));
      List<List<Ciphertext>> results =
          s.mapAll(
              pieces.size(),
              (piece, p) -> piece.piece(product, p, babies).map(List::of).orElse(List.of()));
      results.forEach(s::keep);
      return results;
    }
  }
}
