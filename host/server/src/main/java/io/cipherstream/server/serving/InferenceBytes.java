package io.cipherstream.server.serving;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.Round;
import java.util.List;

/**
 * The most memory that one inference holds, from its plan: the client's ciphertexts that are kept
 * for a fallback, in most modes all of them; messages in transit; and the larger of two. Between
 * steps that is a copy of one round on the engine, its replies, and the state, which is no larger
 * than the inputs. Within a step it is what the program has open, and its answer. What more
 * threads, the scratch memory of programs, or an engine without fused products add belongs to the
 * step in progress, of which there are few, and so to {@link
 * io.cipherstream.server.config.MemoryPlan#reserveBytes}.
 */
public final class InferenceBytes {

  /** Messages that are being received, decoded, encoded or sent at one time. */
  private static final int MESSAGES = 12;

  private InferenceBytes() {}

  /** Most bytes of an inference that follows {@code plan}. */
  public static long most(AgreedPlan plan) {
    CkksParameters parameters = plan.parameters();
    long inputs = bytes(parameters, plan.inputs());
    long round = inputs + bytes(parameters, plan.result());
    for (Round shape : plan.rounds()) {
      long up = bytes(parameters, shape.up());
      round = Math.max(round, up + bytes(parameters, shape.down()));
    }
    long step = plan.words() * Long.BYTES + bytes(parameters, plan.result());
    return plan.keptWords() * Long.BYTES
        + Math.max(round + inputs, step)
        + MESSAGES * bytes(parameters, new CiphertextSpec(parameters.dataLimbs(), 1));
  }

  private static long bytes(CkksParameters parameters, List<CiphertextSpec> shapes) {
    return shapes.stream().mapToLong(shape -> bytes(parameters, shape)).sum();
  }

  /** A ciphertext of size 2 in memory: 2 · limbs · N words of 64 bits. */
  private static long bytes(CkksParameters parameters, CiphertextSpec shape) {
    return 2L * shape.limbs() * parameters.degree() * Long.BYTES;
  }
}
