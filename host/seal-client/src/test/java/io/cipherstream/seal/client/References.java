package io.cipherstream.seal.client;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.seal.client.jni.ClientShim;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;

/** What SEAL itself makes of the same input. */
public final class References {

  /** A fresh encryption and the words of (c₀, c₁) after SEAL's own save and load. */
  public record Seeded(SeededCiphertext fresh, ByteBuffer words) {}

  private References() {}

  public static Seeded encryptSeeded(SealClient client, double[] slots, int limbs, double scale) {
    int bytes = limbs * client.parameters().degree() * Long.BYTES;
    ByteBuffer c0 = direct(bytes);
    ByteBuffer words = direct(2 * bytes);
    byte[] seed = new byte[CkksParameters.SEED_BYTES];
    client.<Boolean>call(
        "reference",
        handle -> {
          ClientShim.reference_encrypt_seeded(
              handle,
              DoubleBuffer.wrap(slots),
              slots.length,
              limbs,
              scale,
              c0,
              ByteBuffer.wrap(seed),
              words);
          return true;
        });
    return new Seeded(new SeededCiphertext(limbs, scale, seed, c0), words);
  }

  /** SEAL's encoding of a whole slot vector, words of all limbs. */
  public static ByteBuffer encode(SealClient client, double[] slots, int limbs, double scale) {
    ByteBuffer words = direct(limbs * client.parameters().degree() * Long.BYTES);
    client.<Boolean>call(
        "reference",
        handle -> {
          ClientShim.reference_encode(
              handle, DoubleBuffer.wrap(slots), slots.length, limbs, scale, words);
          return true;
        });
    return words;
  }

  /** The primes that SEAL's CoeffModulus::Create chooses. */
  public static long[] primes(int degree, int[] bits) {
    long[] primes = new long[bits.length];
    ClientShim.reference_primes(degree, IntBuffer.wrap(bits), bits.length, LongBuffer.wrap(primes));
    return primes;
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
