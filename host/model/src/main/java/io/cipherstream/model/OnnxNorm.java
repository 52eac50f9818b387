package io.cipherstream.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A LayerNorm, as one operator or as the arithmetic of it.
 *
 * @param x what is normed
 * @param epsilon ε
 */
@SuppressWarnings("ArrayRecordComponent")
record OnnxNorm(OnnxBase x, double[] gamma, double[] beta, double epsilon) {

  /** Reads a base as the norm of rows of some width; null if it is none. */
  static @Nullable OnnxNorm of(OnnxBase base) {
    OnnxMeaning meaning = base.meaning();
    if (meaning instanceof OnnxMeaning.Norm norm) {
      return new OnnxNorm(norm.x(), norm.gamma(), norm.beta(), norm.epsilon());
    }
    if (meaning instanceof OnnxMeaning.WithConstant with) {
      OnnxNorm inner = of(with.x());
      return inner == null ? null : inner.with(with);
    }
    return meaning instanceof OnnxMeaning.Pair pair ? bare(pair) : null;
  }

  private @Nullable OnnxNorm with(OnnxMeaning.WithConstant with) {
    double[] c = OnnxAffine.features(with.constant(), gamma.length);
    if (c == null || !(with.operator().equals("Mul") || with.operator().equals("Add"))) {
      return null;
    }
    double[] g = gamma.clone();
    double[] b = beta.clone();
    for (int i = 0; i < c.length; i++) {
      if (with.operator().equals("Add")) {
        b[i] += c[i];
      } else {
        g[i] *= c[i];
        b[i] *= c[i];
      }
    }
    return new OnnxNorm(x, g, b, epsilon);
  }

  /** (x − μ)/√(σ² + ε), or (x − μ)·(1/√(σ² + ε)). */
  private static @Nullable OnnxNorm bare(OnnxMeaning.Pair pair) {
    OnnxBase deviation = null;
    if (pair.operator().equals("Div") && !pair.swapped()) {
      deviation = pair.b();
    } else if (pair.operator().equals("Mul")) {
      OnnxMeaning inverse = pair.b().meaning();
      if (inverse instanceof OnnxMeaning.Function f && f.operator().equals("Reciprocal")) {
        deviation = f.x();
      } else if (inverse instanceof OnnxMeaning.WithConstant c
          && c.operator().equals("Div")
          && c.constantFirst()
          && OnnxAffine.number(c.constant()) == 1) {
        deviation = c.x();
      }
    }
    OnnxBase x = centred(pair.a());
    if (deviation == null
        || x == null
        || !(deviation.meaning() instanceof OnnxMeaning.Function root)
        || !root.operator().equals("Sqrt")
        || !(root.x().meaning() instanceof OnnxMeaning.WithConstant plus)
        || !plus.operator().equals("Add")
        || !(plus.x().meaning() instanceof OnnxMeaning.RowReduction variance)
        || !variance.operator().equals("ReduceMean")
        || !isSquare(variance.x(), pair.a())
        || !byRow(pair.map(), variance.width())) {
      return null;
    }
    double epsilon = OnnxAffine.number(plus.constant());
    double[] ones = new double[variance.width()];
    Arrays.fill(ones, 1);
    return Double.isNaN(epsilon)
        ? null
        : new OnnxNorm(x, ones, new double[variance.width()], epsilon);
  }

  /** x of x − mean(x). */
  private static @Nullable OnnxBase centred(OnnxBase base) {
    return base.meaning() instanceof OnnxMeaning.Pair p
            && p.operator().equals("Sub")
            && !p.swapped()
            && p.b().meaning() instanceof OnnxMeaning.RowReduction mean
            && mean.operator().equals("ReduceMean")
            && mean.x().same(p.a())
            && byRow(p.map(), mean.width())
        ? p.a()
        : null;
  }

  private static boolean isSquare(OnnxBase square, OnnxBase of) {
    OnnxMeaning meaning = square.meaning();
    if (meaning instanceof OnnxMeaning.WithConstant c) {
      return c.operator().equals("Pow")
          && !c.constantFirst()
          && OnnxAffine.number(c.constant()) == 2
          && c.x().same(of);
    }
    return meaning instanceof OnnxMeaning.Pair p
        && p.operator().equals("Mul")
        && p.map() == null
        && p.a().same(of)
        && p.b().same(of);
  }

  private static boolean byRow(int @Nullable [] map, int width) {
    if (map == null) {
      return width == 1;
    }
    for (int i = 0; i < map.length; i++) {
      if (map[i] != i / width) {
        return false;
      }
    }
    return true;
  }

  NormLayer layer() {
    return new NormLayer(OnnxAffine.floats(gamma), OnnxAffine.floats(beta));
  }
}
