package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A ciphertext of the simulation: level, scale and, unless only shapes are traced, plain slots. */
final class SimulatedCiphertext implements Ciphertext {

  private final int limbs;
  private final double scale;
  private final int size;
  private final double @Nullable [] slots;

  SimulatedCiphertext(int limbs, double scale, int size, double @Nullable [] slots) {
    this.limbs = limbs;
    this.scale = scale;
    this.size = size;
    this.slots = slots;
  }

  @Override
  public int limbs() {
    return limbs;
  }

  @Override
  public double scale() {
    return scale;
  }

  @Override
  public int size() {
    return size;
  }

  double @Nullable [] slots() {
    return slots;
  }

  @Override
  public void copyWordsTo(ByteBuffer destination) {
    throw new CkksException(CkksException.Kind.WORDS, "a simulated ciphertext has no words");
  }

  @Override
  public void close() {}
}
