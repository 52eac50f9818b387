package io.cipherstream.network;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.polynomial.EncryptedBasis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The appliance's side of a network: its encoded weights, and the program on any evaluator. Safe
 * for concurrent use until it is closed.
 */
public final class EncodedNetwork implements AutoCloseable {

  private final NetworkPlan plan;
  private final List<EncodedDense> layers = new ArrayList<>();

  /** A layer: the basis of its polynomials, its matrix, its bias. */
  private record EncodedDense(
      EncryptedBasis basis,
      DenseLayout layout,
      PeriodicPlaintexts matrix,
      List<int[]> terms,
      PeriodicPlaintexts bias) {}

  /** Encodes weights. */
  public EncodedNetwork(NetworkPackage network, CkksEvaluator evaluator) {
    this(network.network(), evaluator);
  }

  EncodedNetwork(Network network, CkksEvaluator evaluator) {
    this.plan = new NetworkPlan(network.shape());
    try {
      for (int i = 0; i < network.weights().size(); i++) {
        layers.add(encode(network, i, evaluator));
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** A network of random weights, for measurements: its words depend on the seed alone. */
  public static EncodedNetwork random(NetworkPlan plan, long seed, CkksEvaluator evaluator) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Network.Weights> weights = new ArrayList<>();
    for (LayerShape layer : plan.shape().layers()) {
      int columns = layer.degree() * layer.inputs();
      double[][] matrix = new double[layer.outputs()][];
      Arrays.setAll(matrix, j -> random.doubles(columns, -1.0 / columns, 1.0 / columns).toArray());
      weights.add(new Network.Weights(matrix, random.doubles(layer.outputs(), -1, 1).toArray()));
    }
    return new EncodedNetwork(new Network(plan.shape(), weights), evaluator);
  }

  private EncodedDense encode(Network network, int index, CkksEvaluator evaluator) {
    Network.Weights weights = network.weights().get(index);
    DenseLayout layout = DenseLayout.of(network.shape(), index);
    DenseLayout.Diagonals diagonals = layout.diagonals(weights.matrix());
    int limbs = plan.matrixLimbs(index);
    double[] bias = new double[layout.row()];
    System.arraycopy(weights.bias(), 0, bias, 0, weights.bias().length);
    return new EncodedDense(
        new EncryptedBasis(
            evaluator,
            network.shape().layers().get(index).degree(),
            plan.limbs(index),
            plan.layerScale(index)),
        layout,
        evaluator.encodePeriodic(diagonals.rows(), limbs, plan.matrixScale(index)),
        diagonals.terms(),
        evaluator.encodePeriodic(
            new double[][] {bias}, limbs, plan.operandScale(index) * plan.matrixScale(index)));
  }

  public NetworkPlan plan() {
    return plan;
  }

  /** Off-heap bytes. */
  public long bytes() {
    return layers.stream()
        .mapToLong(l -> l.basis().bytes() + l.matrix().bytes() + l.bias().bytes())
        .sum();
  }

  /**
   * Computes an answer.
   *
   * @param request ciphertexts of {@link NetworkPlan#inputs}; stay open
   * @return a ciphertext of {@link NetworkPlan#result}; the caller closes it
   */
  public Ciphertext run(CkksEvaluator on, EvaluationKeys keys, List<Ciphertext> request) {
    Ciphertext x = product(on, keys, request, layers.get(0));
    for (EncodedDense layer : layers.subList(1, layers.size())) {
      List<Ciphertext> operands;
      try (Ciphertext before = x) {
        operands = layer.basis().of(on, keys, before);
      }
      try {
        x = product(on, keys, operands, layer);
      } finally {
        operands.forEach(Ciphertext::close);
      }
    }
    return x;
  }

  private static Ciphertext product(
      CkksEvaluator on, EvaluationKeys keys, List<Ciphertext> operands, EncodedDense layer) {
    try (Ciphertext sum =
            on.babyGiantProducts(
                    operands, layer.layout().product(layer.matrix(), layer.terms()), keys)
                .get(0)
                .orElseThrow(); // a network's matrix is not 0
        Ciphertext biased = on.addPlain(sum, layer.bias(), 0)) {
      return on.rescale(biased);
    }
  }

  @Override
  public void close() {
    layers.forEach(
        layer -> {
          layer.basis().close();
          layer.matrix().close();
          layer.bias().close();
        });
  }
}
