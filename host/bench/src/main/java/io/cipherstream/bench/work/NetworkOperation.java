package io.cipherstream.bench.work;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.network.EncodedNetwork;
import io.cipherstream.network.NetworkPlan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole network of polynomials with random weights on ciphertexts of random words: the sizes are
 * those of the splines on digits in docs/networks.md, 64 inputs of nine features, 16 and 10
 * numbers.
 */
final class NetworkOperation implements AutoCloseable {

  /** Of splines of 64 inputs, 64 questions at once. */
  static final NetworkPlan PLAN = NetworkPlan.of(64 * 9, List.of(16, 10), 15);

  private final Operands operands;
  private final EncodedNetwork network;
  private final List<Ciphertext> request = new ArrayList<>();

  NetworkOperation(Operands operands, long seed) {
    this.operands = operands;
    this.network = EncodedNetwork.random(PLAN, seed, operands.evaluator());
    try {
      for (CiphertextForm form : PLAN.inputs()) {
        ByteBuffer words =
            SeededWords.of(
                seed + request.size(),
                form.size(),
                PLAN.parameters().dataPrimes().subList(0, form.limbs()),
                PLAN.parameters().degree());
        request.add(
            operands.evaluator().importCiphertext(form.size(), form.limbs(), form.scale(), words));
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** The rotations it needs. */
  static int[] steps() {
    return PLAN.rotationLimbs().keySet().stream().mapToInt(step -> step).toArray();
  }

  Ciphertext run() {
    return network.run(operands.evaluator(), operands.keys(), request);
  }

  @Override
  public void close() {
    request.forEach(Ciphertext::close);
    network.close();
  }
}
