package io.cipherstream.workflow.train;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The initial quadratics of a polynomial encoder, a·h² + b·h + c: for every neuron the a, b and c
 * of least Σ (a·h² + b·h + c − ReLU(h))² over word pieces of examples.
 */
final class ReluRegression {

  private static final int UNKNOWNS = 3;

  /** Added to the equations, relative to the mean of h⁴, so that a dead neuron has a solution. */
  private static final double RIDGE = 1e-9;

  private ReluRegression() {}

  /**
   * Adds quadratics to every layer.
   *
   * @param parameters changed
   * @param kinds of the encoder whose ReLUs are replaced
   */
  static void fit(
      Parameters parameters, Kinds kinds, List<Example> examples, VocabularyMap vocabulary) {
    Architecture a = parameters.architecture();
    List<Tensor> sums = new ArrayList<>();
    for (int i = 0; i < a.layers(); i++) {
      sums.add(torch.zeros(new long[] {8, a.ffnWidth()}).to(torch.ScalarType.Double));
    }
    TracedPass.over(
        new Forward(parameters, kinds),
        examples,
        vocabulary,
        Trace::preActivations,
        (batch, trace) -> {
          Tensor real = batch.mask().to(torch.ScalarType.Double).unsqueeze(2);
          for (int i = 0; i < a.layers(); i++) {
            add(sums.get(i), trace.keptPreActivations().get(i), real);
          }
        },
        share -> {});
    for (int i = 0; i < a.layers(); i++) {
      Tensor fit = solved(sums.get(i)).to(torch.ScalarType.Float);
      put(parameters, i, fit.select(1, 2), fit.select(1, 1), fit.select(1, 0));
    }
  }

  /** Σ h^k for k = 0 … 4, then Σ ReLU(h)·h^k for k = 0 … 2, a row each. */
  private static void add(Tensor sums, Tensor preActivations, Tensor real) {
    Tensor h = preActivations.to(torch.ScalarType.Double);
    Tensor relu = torch.relu(h);
    Tensor power = torch.ones_like(h).mul(real);
    for (int k = 0; k < 5; k++) {
      sums.select(0, k).add_(power.sum(0L, 1L));
      if (k < UNKNOWNS) {
        sums.select(0, 5 + k).add_(power.mul(relu).sum(0L, 1L));
      }
      power = power.mul(h);
    }
  }

  /**
   * The [c, b, a] of every neuron, [neurons, 3].
   *
   * @param sums [8, neurons]
   */
  static Tensor solved(Tensor sums) {
    long neurons = sums.size(1);
    try (PointerScope scope = new PointerScope()) {
      Tensor equations =
          torch.zeros(new long[] {neurons, UNKNOWNS, UNKNOWNS}).to(torch.ScalarType.Double);
      for (int i = 0; i < UNKNOWNS; i++) {
        for (int j = 0; j < UNKNOWNS; j++) {
          equations.select(1, i).select(1, j).copy_(sums.select(0, i + j));
        }
        Tensor ridge = Torch.scaled(Torch.plus(sums.select(0, 4), 1), RIDGE);
        equations.select(1, i).select(1, i).add_(ridge);
      }
      Tensor right = sums.narrow(0, 5, UNKNOWNS).transpose(0, 1).unsqueeze(2);
      return torch.linalg_solve(equations, right).squeeze(2).retainReference();
    }
  }

  /**
   * Sets a layer's quadratics. Each neuron's own c goes through the second matrix into its bias,
   * since a polynomial encoder has one c for all.
   */
  static void put(Parameters out, int layer, Tensor square, Tensor linear, Tensor constant) {
    String own = SealedParameters.prefix(layer) + "activation.";
    out.put(own + "square", square.contiguous().clone());
    out.put(own + "linear", linear.contiguous().clone());
    out.put(own + "constant", Torch.floats(new float[1], 1));
    String second = Parameters.layer(layer) + "output.dense";
    Tensor added = torch.matmul(out.get(second + ".weight"), constant);
    out.put(second + ".bias", out.get(second + ".bias").add(added));
  }
}
