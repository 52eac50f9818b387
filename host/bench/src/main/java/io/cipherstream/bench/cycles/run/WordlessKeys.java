package io.cipherstream.bench.cycles.run;

import io.cipherstream.ckks.KeyWords;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/** Keys for every rotation, without meaning: compiling needs their shape alone. */
final class WordlessKeys implements KeyWords {

  private final int limbs;

  /**
   * @param limbs that each key serves
   */
  WordlessKeys(int limbs) {
    this.limbs = limbs;
  }

  @Override
  public OptionalInt rotationLimbs(int step) {
    return OptionalInt.of(limbs);
  }

  @Override
  public OptionalInt relinearizationLimbs() {
    return OptionalInt.of(limbs);
  }

  @Override
  public void copyRotationDigit(int step, int digit, ByteBuffer destination) {
    destination.position(destination.limit());
  }

  @Override
  public void copyRelinearizationDigit(int digit, ByteBuffer destination) {
    destination.position(destination.limit());
  }

  @Override
  public void onClose(Runnable action) {
    // Nothing depends on them for longer than a call.
  }

  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public void close() {
    // They hold nothing.
  }
}
