package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksChecks;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbView;
import java.nio.ByteBuffer;

/** A ciphertext in an engine's memory, {@code [poly][limb][coefficient]}. */
final class LimbCiphertext implements Ciphertext {

  private final LimbEvaluator evaluator;
  private final LimbBuffer buffer;
  private final int size;
  private final int limbs;
  private final double scale;

  LimbCiphertext(LimbEvaluator evaluator, LimbBuffer buffer, int size, int limbs, double scale) {
    this.evaluator = evaluator;
    this.buffer = buffer;
    this.size = size;
    this.limbs = limbs;
    this.scale = scale;
  }

  LimbEvaluator evaluator() {
    return evaluator;
  }

  LimbView view() {
    return LimbView.of(buffer);
  }

  @Override
  public int size() {
    return size;
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
  public void copyWordsTo(ByteBuffer destination) {
    CkksParameters parameters = evaluator.parameters();
    int bytes = Math.toIntExact(words(parameters) * Long.BYTES);
    CkksChecks.destination("copyWordsTo", destination, bytes);
    evaluator.engine().download(buffer, 0, destination.slice(destination.position(), bytes));
    destination.position(destination.position() + bytes);
  }

  @Override
  public void close() {
    buffer.close();
  }

  @Override
  public String toString() {
    return "ciphertext[size=" + size + ", limbs=" + limbs + ", scale=" + scale + "]";
  }
}
