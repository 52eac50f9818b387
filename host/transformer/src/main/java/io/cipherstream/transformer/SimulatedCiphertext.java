package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A ciphertext of the simulation: level, scale and, unless only shapes are traced, plain slots. */
final class SimulatedCiphertext implements Ciphertext {

  private final CiphertextForm form;
  private final double @Nullable [] slots;

  SimulatedCiphertext(CiphertextForm form, double @Nullable [] slots) {
    this.form = form;
    this.slots = slots;
  }

  @Override
  public int limbs() {
    return form.limbs();
  }

  @Override
  public double scale() {
    return form.scale();
  }

  @Override
  public int size() {
    return form.size();
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
