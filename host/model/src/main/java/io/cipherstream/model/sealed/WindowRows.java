package io.cipherstream.model.sealed;

import java.util.ArrayList;
import java.util.List;

/**
 * Linear maps of a token's window: row r gives Σ_o maps[o]_r·x_{t+o} + mean_r·mean(x) + constant_r.
 *
 * @param offsets one matrix [rows][width] an offset, −3 to 3
 * @param mean [rows][width]
 * @param constant [1][rows]
 */
record WindowRows(List<Balls> offsets, Balls mean, Balls constant) {

  /** More rows made of these: functionals · rows. */
  WindowRows under(Balls functionals) {
    return new WindowRows(
        offsets.stream().map(functionals::times).toList(),
        functionals.times(mean),
        constant.times(functionals.turned()));
  }

  /** The same with constants, [1][rows], added. */
  WindowRows plus(Balls constants) {
    return new WindowRows(offsets, mean, constant.plus(constants));
  }

  /** The sum, row by row. */
  WindowRows plus(WindowRows other) {
    List<Balls> sums = new ArrayList<>();
    for (int o = 0; o < offsets.size(); o++) {
      sums.add(offsets.get(o).plus(other.offsets.get(o)));
    }
    return new WindowRows(sums, mean.plus(other.mean), constant.plus(other.constant));
  }
}
