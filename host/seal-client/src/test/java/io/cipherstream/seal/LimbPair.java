package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.seal.client.SealClient;
import io.cipherstream.seal.client.SeededCiphertext;
import io.cipherstream.seal.client.SeededKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** SEAL and limb programs on one client's ciphertexts and keys. */
final class LimbPair implements AutoCloseable {

  final long seed = Long.getLong("test.seed", System.nanoTime());
  final Random random = new Random(seed);
  final CkksParameters set;
  final SealClient client;
  final SealArithmetic arithmetic;
  final CkksEvaluator seal;
  final LimbEngine engine;
  final CkksEvaluator limb;
  private final List<AutoCloseable> owned = new ArrayList<>();

  LimbPair(CkksParameters set, Function<LimbRing, LimbEngine> engines) {
    this.set = set;
    this.client = SealClient.generate(set);
    this.arithmetic = new SealArithmetic(set);
    this.seal = new CkksEvaluator(arithmetic);
    this.engine = engines.apply(set.ring());
    this.limb = new CkksEvaluator(new LimbArithmetic(set, engine, 1L << 30));
    System.out.println("LimbPair on " + engine.name() + " with " + set + " test.seed=" + seed);
  }

  /** A fresh ciphertext on both sides. */
  Both encrypt(int limbs, double scale) {
    double[] slots = random.doubles(set.slots(), -1, 1).toArray();
    SeededCiphertext fresh = client.encryptSeeded(slots, limbs, scale);
    try (HostCiphertext host = arithmetic.seeded(limbs, scale, fresh.c0(), fresh.seed())) {
      return new Both(keep(seal.bring(host)), keep(limb.bring(host)));
    }
  }

  /** A copy of SEAL's ciphertext on the limb side. */
  Ciphertext toLimb(Ciphertext ofSeal) {
    try (HostCiphertext host = seal.take(ofSeal)) {
      return keep(limb.bring(host));
    }
  }

  /** Keys that are closed with what else was made. */
  SealEvaluationKeys keys(int limbs, int... steps) {
    return keep(newKeys(limbs, steps));
  }

  /** Rotation and relinearisation keys; the caller closes them. */
  SealEvaluationKeys newKeys(int limbs, int... steps) {
    try (SealEvaluationKeys.Builder builder = arithmetic.newKeys()) {
      for (int step : steps) {
        SeededKey key = client.rotationKey(step, limbs);
        builder.addRotation(step, limbs, key.seeds(), key.c0());
      }
      SeededKey key = client.relinearizationKey(limbs);
      return builder.addRelinearization(limbs, key.seeds(), key.c0()).build();
    }
  }

  /** Asserts equal words, shapes and scales; the results are closed with this pair. */
  Both same(String what, Ciphertext expected, Ciphertext actual) {
    keep(expected);
    keep(actual);
    assertThat(actual.limbs()).as(what).isEqualTo(expected.limbs());
    assertThat(actual.size()).as(what).isEqualTo(expected.size());
    assertThat(actual.scale()).as(what).isEqualTo(expected.scale());
    ByteBuffer want = words(expected);
    ByteBuffer got = words(actual);
    int at = want.mismatch(got);
    assertThat(at)
        .as("%s on %s, seed %d: first different byte of %s", what, engine.name(), seed, expected)
        .isEqualTo(-1);
    return new Both(expected, actual);
  }

  /** As {@link #same}, and closes both at once: large rings leave no room for what is done with. */
  void check(String what, Ciphertext expected, Ciphertext actual) {
    var unused = same(what, expected, actual);
    owned.remove(expected);
    owned.remove(actual);
    expected.close();
    actual.close();
  }

  ByteBuffer words(Ciphertext a) {
    ByteBuffer buffer =
        ByteBuffer.allocateDirect((int) a.words(set) * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    a.copyWordsTo(buffer);
    return buffer.flip();
  }

  <T extends AutoCloseable> T keep(T object) {
    owned.add(object);
    return object;
  }

  /** The same value on both sides. */
  record Both(Ciphertext seal, Ciphertext limb) {}

  /** Closes what was made since, but not the pair. */
  void clear() {
    owned.forEach(
        object -> {
          try {
            object.close();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
    owned.clear();
  }

  @Override
  public void close() {
    clear();
    limb.close();
    engine.close();
    seal.close();
    client.close();
  }
}
