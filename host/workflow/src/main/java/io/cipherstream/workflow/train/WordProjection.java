package io.cipherstream.workflow.train;

import io.cipherstream.model.FloatTable;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The projection P of least Σ nᵢ·‖P·fᵢ − wᵢ‖² over word pieces with features fᵢ, vectors wᵢ and nᵢ
 * − 1 occurrences in examples: a word table as a projection of features, as far as there is one.
 */
final class WordProjection {

  /** Added to the equations' diagonal, relative to its mean. */
  private static final double RIDGE = 1e-6;

  private WordProjection() {}

  /**
   * P, [width, features].
   *
   * @param features of every word piece
   * @param words [word pieces, width]
   */
  static Tensor fit(FloatTable features, Tensor words, List<Example> examples) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      int columns = features.columns();
      Tensor f =
          Torch.floats(features.toArray(), features.rows(), columns).to(torch.ScalarType.Double);
      Tensor weighted = f.mul(counts(features.rows(), examples).unsqueeze(1)).transpose(0, 1);
      Tensor equations = torch.matmul(weighted, f);
      double ridge = RIDGE * equations.diagonal().mean().item_double();
      Tensor identity = torch.eye(columns).to(torch.ScalarType.Double);
      Tensor right = torch.matmul(weighted, words.to(torch.ScalarType.Double));
      Tensor solved =
          torch.linalg_solve(equations.add(Torch.scaled(identity, ridge)), right).transpose(0, 1);
      return solved.to(torch.ScalarType.Float).contiguous().clone().retainReference();
    }
  }

  /** One more than each piece's occurrences. */
  private static Tensor counts(int pieces, List<Example> examples) {
    double[] counts = new double[pieces];
    Arrays.fill(counts, 1);
    examples.forEach(e -> Arrays.stream(e.ids()).forEach(id -> counts[id]++));
    return Torch.doubles(counts, pieces);
  }
}
