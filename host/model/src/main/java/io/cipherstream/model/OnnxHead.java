package io.cipherstream.model;

import org.jspecify.annotations.Nullable;

/**
 * What an output of a graph is, told from its meaning.
 *
 * @param hidden the last hidden state that it is made of
 * @param pooling how token rows become one; NONE where every token keeps its row
 * @param unit whether the row is scaled to length 1
 * @param pooler P of tanh(P·row + p)
 * @param classifier the matrix at the end
 */
record OnnxHead(
    OnnxBase hidden,
    Pooling pooling,
    boolean unit,
    @Nullable OnnxAffine pooler,
    @Nullable OnnxAffine classifier) {

  /** Whether it is the last hidden state itself. */
  boolean isHidden() {
    return pooling == Pooling.NONE && classifier == null;
  }

  /**
   * Reads an output as that.
   *
   * @throws ModelException of kind UNSUPPORTED if it is none of them
   */
  static OnnxHead of(String name, OnnxValue value, int tokens) {
    OnnxBase base = OnnxArithmetic.picked(value).base();
    OnnxBase row = unscaled(base);
    boolean unit = row != base;
    OnnxAffine last = OnnxAffine.of(row);
    if (last != null) {
      OnnxHead before = before(name, last.x(), tokens);
      if (before.classifier != null || (before.pooler != null && unit)) {
        throw unsupported(name, "two matrices after the last hidden state");
      }
      if (unit) {
        throw unsupported(
            name, "a matrix between pooling and an embedding of unit length (2_Dense)");
      }
      return new OnnxHead(before.hidden, before.pooling, false, before.pooler, last);
    }
    OnnxHead head = before(name, row, tokens);
    return new OnnxHead(head.hidden, head.pooling, unit, head.pooler, null);
  }

  /** The row that goes into a last matrix, or the output itself. */
  private static OnnxHead before(String name, OnnxBase base, int tokens) {
    if (base.meaning() instanceof OnnxMeaning.Function f) {
      OnnxAffine pooler = OnnxAffine.of(f.x());
      if (!f.operator().equals("Tanh") || pooler == null) {
        throw unsupported(
            name,
            f.operator()
                + " stands between the last hidden state and the output: expected a matrix, alone or"
                + " after BERT's tanh pooler");
      }
      OnnxHead inner = before(name, pooler.x(), tokens);
      if (inner.pooler != null || inner.pooling == Pooling.NONE) {
        throw unsupported(name, "tanh of a matrix over all tokens, or twice");
      }
      return new OnnxHead(inner.hidden, inner.pooling, false, pooler, null);
    }
    if (OnnxNorm.of(base) != null) {
      return new OnnxHead(base, Pooling.NONE, false, null, null);
    }
    if (base.meaning() instanceof OnnxMeaning.Picked picked && isFirstRow(picked, tokens)) {
      return pooled(name, picked.x(), Pooling.CLS);
    }
    OnnxBase mean = mean(base, tokens);
    if (mean != null) {
      return pooled(name, mean, Pooling.MEAN);
    }
    throw unsupported(
        name,
        OnnxEncoder.name(base)
            + ": expected the last hidden state, its mean or first row (of unit length or not), or a"
            + " classifier's logits");
  }

  private static OnnxHead pooled(String name, OnnxBase hidden, Pooling pooling) {
    if (OnnxNorm.of(hidden) == null) {
      throw unsupported(name, "what is pooled is no hidden state: " + OnnxEncoder.name(hidden));
    }
    return new OnnxHead(hidden, pooling, false, null, null);
  }

  private static boolean isFirstRow(OnnxMeaning.Picked picked, int tokens) {
    int[] index = picked.index();
    if (index.length * tokens != picked.x().length()) {
      return false;
    }
    for (int i = 0; i < index.length; i++) {
      if (index[i] != i) {
        return false;
      }
    }
    return true;
  }

  /** x of a mean of x's rows, by its sum or its mean and what the mask gives; or null. */
  private static @Nullable OnnxBase mean(OnnxBase base, int tokens) {
    double factor = 1;
    OnnxBase at = base;
    while (!(at.meaning() instanceof OnnxMeaning.TokenReduction)) {
      double number;
      if (at.meaning() instanceof OnnxMeaning.WithConstant c && !c.constantFirst()) {
        number = OnnxAffine.number(c.constant());
        factor = c.operator().equals("Div") ? factor / number : factor * number;
        at = c.operator().equals("Div") || c.operator().equals("Mul") ? c.x() : base;
      } else if (at.meaning() instanceof OnnxMeaning.Pair p
          && !p.swapped()
          && OnnxRole.maskAlone(p.b().inputs())) {
        int[] map = p.map();
        number = p.b().get(map == null ? 0 : map[0]);
        for (int i = 0; i < at.length(); i++) {
          number = p.b().get(map == null ? i : map[i]) == number ? number : Double.NaN;
        }
        factor = p.operator().equals("Div") ? factor / number : factor * number;
        at = p.operator().equals("Div") || p.operator().equals("Mul") ? p.a() : base;
      } else {
        return null;
      }
      if (at == base || Double.isNaN(number)) {
        return null;
      }
    }
    if (!(at.meaning() instanceof OnnxMeaning.TokenReduction sum)
        || sum.x().length() != tokens * sum.width()) {
      return null;
    }
    factor *=
        sum.operator().equals("ReduceMean") ? 1 : sum.operator().equals("ReduceSum") ? tokens : 0;
    return Math.abs(factor - 1) < 1e-6 ? sum.x() : null;
  }

  /** x of x / |x|, or the base itself. */
  private static OnnxBase unscaled(OnnxBase base) {
    if (base.meaning() instanceof OnnxMeaning.Function f
        && f.operator().equals("LpNormalization")) {
      return f.x();
    }
    if (!(base.meaning() instanceof OnnxMeaning.Pair p)
        || !p.operator().equals("Div")
        || p.swapped()
        || OnnxRole.maskAlone(p.b().inputs())) {
      return base;
    }
    double square = 0;
    for (int i = 0; i < p.a().length(); i++) {
      square += p.a().get(i) * p.a().get(i);
    }
    int[] map = p.map();
    for (int i = 0; i < base.length(); i++) {
      double length = p.b().get(map == null ? i : map[i]);
      if (!(Math.abs(length - Math.sqrt(square)) <= 1e-6 * length)) {
        return base;
      }
    }
    return p.a();
  }

  static ModelException unsupported(String output, String what) {
    return OnnxRefusal.unsupported("output '" + output + "': " + what);
  }
}
