package io.cipherstream.transformer;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Products of encoded matrices with one blocked activation, sharing its baby rotations. */
final class LinearStep {

  private LinearStep() {}

  /** A residual γ∘y that is added to a product. */
  record Residual(List<Ciphertext> activation, PeriodicPlaintexts gamma) {}

  /** W·x + b, one ciphertext an output block; the input stays open. */
  static List<Ciphertext> apply(
      StepContext ctx, EncodedLinear linear, List<Ciphertext> input, @Nullable Residual residual) {
    return apply(ctx, List.of(linear), input, residual).get(0);
  }

  /** W·x without the bias. */
  static List<Ciphertext> products(StepContext ctx, EncodedLinear linear, List<Ciphertext> input) {
    return compute(ctx, List.of(linear), input, null, false).get(0);
  }

  /** Several matrices with the same input layout and baby steps; a residual joins the first. */
  static List<List<Ciphertext>> apply(
      StepContext ctx,
      List<EncodedLinear> linears,
      List<Ciphertext> input,
      @Nullable Residual residual) {
    return compute(ctx, linears, input, residual, true);
  }

  private static List<List<Ciphertext>> compute(
      StepContext ctx,
      List<EncodedLinear> linears,
      List<Ciphertext> input,
      @Nullable Residual residual,
      boolean withBias) {
    try (Owned owned = new Owned()) {
      List<Half> halves = owned.keepAll(halves(ctx, linears, input));
      List<List<Ciphertext>> results = new ArrayList<>();
      int offset = 0;
      for (EncodedLinear linear : linears) {
        List<Ciphertext> blocks = new ArrayList<>();
        for (int block = 0; block < linear.matrix().halves() / 2; block++) {
          Residual added = results.isEmpty() ? residual : null;
          Ciphertext sum =
              join(
                  ctx,
                  linear,
                  block,
                  halves.get(offset + 2 * block),
                  halves.get(offset + 2 * block + 1),
                  added,
                  withBias);
          blocks.add(owned.keep(sum));
        }
        offset += linear.matrix().halves();
        results.add(blocks);
      }
      results.forEach(blocks -> blocks.forEach(owned::release));
      return results;
    }
  }

  private static List<Half> halves(
      StepContext ctx, List<EncodedLinear> linears, List<Ciphertext> input) {
    int babySteps = linears.get(0).matrix().structure().babySteps();
    List<BabyGiantProduct.Piece> pieces = new ArrayList<>();
    for (EncodedLinear linear : linears) {
      for (int piece = 0; piece < linear.matrix().halves(); piece++) {
        pieces.add(linear.matrix().piece(piece));
      }
    }
    return results(ctx, babySteps, pieces, input);
  }

  /**
   * Pieces that all have a diagonal, as ciphertexts that the caller closes; the input stays open.
   */
  static List<Ciphertext> pieces(
      StepContext ctx, int babySteps, List<BabyGiantProduct.Piece> pieces, List<Ciphertext> input) {
    return results(ctx, babySteps, pieces, input).stream()
        .map(half -> Objects.requireNonNull(half.take(), "a piece without a diagonal"))
        .toList();
  }

  private static List<Half> results(
      StepContext ctx, int babySteps, List<BabyGiantProduct.Piece> pieces, List<Ciphertext> input) {
    BabyGiantProduct product = new BabyGiantProduct(babySteps, pieces);
    if (ctx.evaluator().fuses()) {
      return ctx.evaluator().babyGiantProducts(input, product, ctx.keys()).stream()
          .map(result -> new Half(result.orElse(null)))
          .toList();
    }
    try (Owned owned = new Owned()) {
      List<Ciphertext> babies =
          owned.keepAll(
              DiagonalMatrix.babies(ctx.evaluator(), ctx.parallel(), input, babySteps, ctx.keys()));
      return ctx.parallel()
          .map(
              pieces.size(),
              p -> new Half(product.piece(ctx.evaluator(), p, babies, ctx.keys()).orElse(null)));
    }
  }

  private static Ciphertext join(
      StepContext ctx,
      EncodedLinear linear,
      int block,
      Half first,
      Half second,
      @Nullable Residual residual,
      boolean withBias) {
    try (Running sum = new Running()) {
      for (Half half : List.of(first, second)) {
        Ciphertext value = half.take();
        if (value != null) {
          sum.add(ctx.evaluator(), value);
        }
      }
      if (residual != null) {
        int[] index = new int[residual.activation().size()];
        Arrays.fill(index, -1);
        index[block] = block;
        sum.add(
            ctx.evaluator(),
            ctx.evaluator().sumOfPlainProducts(residual.activation(), residual.gamma(), index));
      }
      if (withBias) {
        sum.then(s -> ctx.evaluator().addPlain(s, linear.bias(), block));
      }
      return sum.take();
    }
  }

  /** One half of an output block; empty when no diagonal exists. */
  private static final class Half implements AutoCloseable {
    private @Nullable Ciphertext value;

    Half(@Nullable Ciphertext value) {
      this.value = value;
    }

    @Nullable Ciphertext take() {
      Ciphertext taken = value;
      value = null;
      return taken;
    }

    @Override
    public void close() {
      if (value != null) {
        value.close();
        value = null;
      }
    }
  }
}
