package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.model.sealed.MergedLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keys and queries of a CA, which are taken from the first layer's output: a map of h² beside what
 * is linear in the text. The query's h of [CLS] comes from its own window, so that it stands in
 * every row without a mask.
 */
final class StateScores implements AutoCloseable {

  private final DeepLayout layout;
  private final Owned owned = new Owned();
  private final StateProduct keys;
  private final StateProduct queries;

  StateScores(
      DeepContext context,
      @Nullable MergedLayers merged,
      List<IntUnaryOperator> queryRows,
      PlainSource source) {
    this.layout = context.layout();
    MergedLayers.Scores scores = merged == null ? null : merged.scores();
    try {
      keys =
          owned.keep(
              new StateProduct(
                  context,
                  List.of(layout::key),
                  scores == null ? null : scores.keySquares(),
                  false,
                  source));
      queries =
          owned.keep(
              new StateProduct(
                  context, queryRows, scores == null ? null : scores.querySquares(), true, source));
    } catch (RuntimeException | Error e) {
      owned.close();
      throw e;
    }
  }

  /**
   * Keys with the limbs of queries.
   *
   * @param squares h²; stay open
   * @param linear what is linear; stays open
   */
  Ciphertext keys(StepContext ctx, List<Ciphertext> squares, Ciphertext linear) {
    try (Owned made = new Owned()) {
      return sum(ctx, made.keepAll(keys.apply(ctx, squares)).get(0), linear);
    }
  }

  /**
   * One query a head.
   *
   * @param maps h of [CLS], one a block, then what is linear, one a head, each alike in all rows;
   *     stay open
   */
  List<Ciphertext> queries(StepContext ctx, List<Ciphertext> maps) {
    CkksEvaluator evaluator = ctx.evaluator();
    int blocks = layout.blocks();
    try (Owned made = new Owned()) {
      List<Ciphertext> squares =
          made.keepAll(
              ctx.parallel()
                  .map(blocks, b -> ctx.reduce(evaluator.multiply(maps.get(b), maps.get(b)))));
      List<Ciphertext> products = made.keepAll(queries.apply(ctx, squares));
      List<Ciphertext> sums = new ArrayList<>();
      for (int h = 0; h < products.size(); h++) {
        sums.add(made.keep(sum(ctx, products.get(h), maps.get(blocks + h))));
      }
      sums.forEach(made::release);
      return sums;
    }
  }

  private static Ciphertext sum(StepContext ctx, Ciphertext product, Ciphertext linear) {
    try (Ciphertext lower = ctx.drop(linear, product.limbs())) {
      return ctx.evaluator().add(product, lower);
    }
  }

  long bytes() {
    return keys.bytes() + queries.bytes();
  }

  @Override
  public void close() {
    owned.close();
  }
}
