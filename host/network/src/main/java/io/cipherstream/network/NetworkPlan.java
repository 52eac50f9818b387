package io.cipherstream.network;

import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.RoundlessPlan;
import io.cipherstream.model.ModelModes;
import io.cipherstream.polynomial.Domain;
import io.cipherstream.polynomial.EncryptedBasis;
import io.cipherstream.polynomial.ProductBasis;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What client and appliance agree on for a network: the parameter set, limbs and scales of every
 * layer, the ciphertexts of a request and the keys. Everything follows from the shape.
 *
 * <p>Each layer's matrix brings its result to the scale Δ of the request, a power of two as long as
 * the primes.
 */
public final class NetworkPlan implements RoundlessPlan {

  /** Incremented whenever the program takes, sends or computes something else. */
  public static final int VERSION = 1;

  private static final List<CkksParameters> SETS =
      List.of(CkksParameters.N8192_SEALED, CkksParameters.N16384_SEALED);

  private final NetworkShape shape;
  private final CkksParameters parameters;

  NetworkPlan(NetworkShape shape) {
    this.shape = shape;
    this.parameters =
        SETS.stream()
            .filter(set -> set.dataLimbs() > shape.levels() && set.slots() >= shape.row())
            .findFirst()
            .orElseThrow(); // a shape has no more levels than the largest set
  }

  /**
   * The plan of a network of those sizes, whose last layer has the sentinel beside its numbers.
   *
   * @param features numbers that the client encrypts for each question
   * @param outputs numbers of each layer
   * @param degree of the polynomials of each layer but the first
   * @throws io.cipherstream.model.ModelException of kind SHAPE or UNSUPPORTED for sizes that no
   *     network has
   */
  public static NetworkPlan of(int features, List<Integer> outputs, int degree) {
    List<LayerShape> layers = new ArrayList<>();
    int inputs = features;
    for (int l = 0; l < outputs.size(); l++) {
      boolean watched = l > 0 && l + 1 == outputs.size();
      layers.add(new LayerShape(l == 0 ? 1 : degree, inputs, outputs.get(l) + (watched ? 1 : 0)));
      inputs = outputs.get(l);
    }
    InputFeatures each = InputFeatures.value(Domain.UNIT);
    return new NetworkPlan(new NetworkShape(Collections.nCopies(features, each), layers));
  }

  NetworkShape shape() {
    return shape;
  }

  @Override
  public String label() {
    return ModelModes.SEALED;
  }

  /** Questions of a request, each in a row of its own. */
  @Override
  public int size() {
    return parameters.slots() / shape.row();
  }

  /** One a row, of which the appliance cannot know how many are in use. */
  @Override
  public int answers() {
    return size();
  }

  @Override
  public CkksParameters parameters() {
    return parameters;
  }

  /** Limbs of a layer's operands. */
  int limbs(int layer) {
    int limbs = 1;
    for (LayerShape each : shape.layers().subList(layer, shape.layers().size())) {
      limbs += each.levels();
    }
    return limbs;
  }

  /** Limbs at which a layer's matrix meets its operands. */
  int matrixLimbs(int layer) {
    return limbs(layer) - ProductBasis.depth(shape.layers().get(layer).degree());
  }

  /** Δ. */
  double scale() {
    return Math.scalb(1.0, parameters.dataPrime(1).bits());
  }

  /** Scale of what a layer's matrix meets. */
  double operandScale(int layer) {
    return EncryptedBasis.scale(
        parameters,
        limbs(layer),
        layerScale(layer),
        ProductBasis.depth(shape.layers().get(layer).degree()));
  }

  /** Scale of a layer's matrix. */
  double matrixScale(int layer) {
    return scale() * prime(layer) / operandScale(layer);
  }

  private double prime(int layer) {
    return parameters.dataPrime(matrixLimbs(layer) - 1).value();
  }

  /** Scale of what comes into a layer: Δ but for what doubles round. */
  double layerScale(int layer) {
    return layer == 0
        ? scale()
        : operandScale(layer - 1) * matrixScale(layer - 1) / prime(layer - 1);
  }

  @Override
  public List<CiphertextForm> inputs() {
    return Collections.nCopies(
        DenseLayout.of(shape, 0).blocks(), new CiphertextForm(2, limbs(0), scale()));
  }

  @Override
  public List<CiphertextForm> result() {
    return List.of(new CiphertextForm(2, 1, layerScale(shape.layers().size())));
  }

  @Override
  public int relinearizationLimbs() {
    return shape.layers().size() == 1 ? 0 : limbs(1);
  }

  @Override
  public SortedMap<Integer, Integer> rotationLimbs() {
    SortedMap<Integer, Integer> limbs = new TreeMap<>();
    for (int layer = 0; layer < shape.layers().size(); layer++) {
      for (int step : DenseLayout.of(shape, layer).steps()) {
        limbs.merge(step, matrixLimbs(layer), Math::max);
      }
    }
    return limbs;
  }

  @Override
  public long words() {
    long most = 0;
    for (int layer = 0; layer < shape.layers().size(); layer++) {
      long polynomials = 2L * EncryptedBasis.ciphertexts(shape.layers().get(layer).degree());
      long matrix = 2L * DenseLayout.of(shape, layer).ciphertexts();
      most = Math.max(most, Math.max(polynomials, matrix) * limbs(layer) * parameters.degree());
    }
    return most;
  }

  @Override
  public long keptWords() {
    return inputs().stream().mapToLong(form -> form.words(parameters)).sum();
  }

  /** Bytes of encoded weights, at most. */
  public long weightBytes() {
    long bytes = 0;
    for (int layer = 0; layer < shape.layers().size(); layer++) {
      bytes +=
          (long) (DenseLayout.of(shape, layer).plaintexts() + 1)
              * shape.row()
              * matrixLimbs(layer)
              * Long.BYTES;
    }
    return bytes;
  }

  @Override
  public String digestHex() {
    List<String> lines = new ArrayList<>();
    lines.add("cipherstream network plan " + VERSION);
    lines.add(parameters.digestHex());
    shape.inputs().forEach(input -> lines.add(input.toString()));
    shape.layers().forEach(layer -> lines.add(layer.toString()));
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
