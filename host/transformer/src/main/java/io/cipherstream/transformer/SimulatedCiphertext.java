package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A ciphertext of the simulation: level, scale and, unless only shapes are traced, plain slots. */
final class SimulatedCiphertext implements Ciphertext {

  private final CiphertextForm form;
  private final @Nullable SlotVector slots;
  private final long words;
  private final SimulatedMemory memory;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param words that it would have on an engine
   * @param memory counts them until it is closed
   */
  SimulatedCiphertext(
      CiphertextForm form, @Nullable SlotVector slots, long words, SimulatedMemory memory) {
    this.form = form;
    this.slots = slots;
    this.words = words;
    this.memory = memory;
    memory.opened(words);
  }

  /**
   * The same ciphertext.
   *
   * @throws IllegalStateException if it is closed
   */
  SimulatedCiphertext open() {
    if (closed.get()) {
      throw new IllegalStateException("the simulated ciphertext is closed");
    }
    return this;
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

  @Nullable SlotVector slots() {
    return slots;
  }

  @Override
  public void copyWordsTo(ByteBuffer destination) {
    throw new CkksException(CkksException.Kind.WORDS, "a simulated ciphertext has no words");
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      memory.closed(words);
    }
  }
}
