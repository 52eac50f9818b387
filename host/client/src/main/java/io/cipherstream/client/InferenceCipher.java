package io.cipherstream.client;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopePosition;
import io.cipherstream.wire.EnvelopeReader;
import io.cipherstream.wire.EnvelopeWriter;
import io.cipherstream.wire.OwnedBuffer;
import io.cipherstream.wire.WireCiphertext;
import io.cipherstream.wire.WireException;
import io.cipherstream.wire.WireSession;
import io.cipherstream.wire.WordPacking;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/**
 * Converts slots to envelopes and back, for one inference under a fresh random id. Encryption and
 * decryption run on the workers; all methods are for one thread.
 */
final class InferenceCipher {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final ClientKeys keys;
  private final CkksParameters parameters;
  private final boolean complexReplies;
  private final ExecutorService workers;
  private final EnvelopeWriter writer;
  private final EnvelopeReader reader;
  private final byte[] id = new byte[EnvelopePosition.INFERENCE_ID_BYTES];
  private final List<String> warnings = new ArrayList<>();

  /**
   * @param complexReplies whether slots that come down are complex
   */
  InferenceCipher(
      WireSession session, ClientKeys keys, boolean complexReplies, ExecutorService workers) {
    ByteBufAllocator alloc = PooledByteBufAllocator.DEFAULT;
    this.keys = keys;
    this.parameters = session.parameters();
    this.complexReplies = complexReplies;
    this.workers = workers;
    this.writer = new EnvelopeWriter(session, WordPacking.BIT_PACKED, alloc);
    this.reader = new EnvelopeReader(session, alloc);
    RANDOM.nextBytes(id);
  }

  /** That of an inference which was begun before, for its answer alone. */
  InferenceCipher(
      WireSession session,
      ClientKeys keys,
      boolean complexReplies,
      ExecutorService workers,
      String begun) {
    this(session, keys, complexReplies, workers);
    System.arraycopy(HexFormat.of().parseHex(begun), 0, id, 0, id.length);
  }

  /** The inference's id in hexadecimal. */
  String id() {
    return HexFormat.of().formatHex(id);
  }

  /** Warnings about values that had to be changed before encryption. */
  List<String> warnings() {
    return warnings;
  }

  /**
   * Encrypts the vectors of one round. Whoever takes an envelope owns it; the rest are discarded.
   *
   * @param slots changed if a value is beyond what a ciphertext holds
   * @param round −1 for the inputs
   */
  List<Future<OwnedBuffer>> encrypt(List<double[]> slots, List<CiphertextSpec> specs, int round) {
    List<Future<OwnedBuffer>> envelopes = new ArrayList<>(specs.size());
    try {
      for (int i = 0; i < specs.size(); i++) {
        CiphertextSpec spec = specs.get(i);
        double[] vector = slots.get(i);
        int changed = SafeSlots.clamp(vector, SafeSlots.bound(parameters, spec));
        if (changed > 0) {
          warnings.add(
              "round "
                  + round
                  + ": "
                  + changed
                  + " values beyond the ciphertext's range were clamped");
        }
        EnvelopePosition position = new EnvelopePosition(id, round, i);
        envelopes.add(workers.submit(() -> keys.encrypt(writer, position, vector, spec)));
      }
      return envelopes;
    } catch (RuntimeException e) {
      envelopes.forEach(Workers::discard);
      throw e;
    }
  }

  /**
   * Starts to decrypt the envelope of one position.
   *
   * @param envelope owned by this from now on
   */
  Future<double[]> decrypt(OwnedBuffer envelope, CiphertextSpec spec, int round, int index) {
    EnvelopePosition position = new EnvelopePosition(id, round, index);
    try {
      return workers.submit(() -> decrypt(envelope, position, spec));
    } catch (RejectedExecutionException e) {
      envelope.close();
      throw e;
    }
  }

  private double[] decrypt(OwnedBuffer envelope, EnvelopePosition position, CiphertextSpec spec) {
    try (envelope;
        WireCiphertext ciphertext =
            reader.ciphertext(envelope.bytes(), position, spec.limbs(), spec.scale())) {
      return keys.decrypt(ciphertext, complexReplies);
    } catch (WireException e) {
      throw new ClientException(
          Kind.PROTOCOL, "the appliance sent a damaged ciphertext: " + e.getMessage(), e);
    }
  }
}
