package io.cipherstream.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A sum of equally long bases and constants, in whatever order a graph adds them; a norm is one
 * term, though its β is added too.
 *
 * @param terms computed terms
 * @param constants constant terms, each laid out as the sum
 */
record OnnxSum(List<OnnxBase> terms, List<OnnxValue> constants) {

  static OnnxSum of(OnnxBase base) {
    OnnxSum sum = new OnnxSum(new ArrayList<>(), new ArrayList<>());
    sum.add(base);
    return sum;
  }

  private void add(OnnxBase base) {
    OnnxMeaning meaning = base.meaning();
    if (OnnxNorm.of(base) != null) {
      terms.add(base);
    } else if (meaning instanceof OnnxMeaning.Pair p
        && p.operator().equals("Add")
        && p.map() == null
        && p.b().length() == base.length()) {
      add(p.a());
      add(p.b());
    } else if (meaning instanceof OnnxMeaning.WithConstant c && c.operator().equals("Add")) {
      constants.add(c.constant());
      add(c.x());
    } else {
      terms.add(base);
    }
  }

  /**
   * The sum of the constants as one row.
   *
   * @throws ModelException of kind UNSUPPORTED if one differs from row to row
   */
  double[] row(int width) {
    double[] row = new double[width];
    for (OnnxValue constant : constants) {
      double[] one = OnnxAffine.features(constant, width);
      if (one == null) {
        throw OnnxRefusal.unsupported("a constant that differs from token to token is added");
      }
      for (int i = 0; i < width; i++) {
        row[i] += one[i];
      }
    }
    return row;
  }
}
