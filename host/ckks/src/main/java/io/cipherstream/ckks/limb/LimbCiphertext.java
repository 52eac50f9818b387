package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksChecks;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbView;
import java.nio.ByteBuffer;
import java.util.List;

/** A ciphertext in an engine's memory, {@code [poly][limb][coefficient]}. */
final class LimbCiphertext implements Ciphertext {

  private final LimbArithmetic arithmetic;
  private final LimbBuffer buffer;
  private final CiphertextForm form;
  private final List<Assumption> assumptions;

  /**
   * @param assumptions what its words rest on
   */
  LimbCiphertext(
      LimbArithmetic arithmetic,
      LimbBuffer buffer,
      CiphertextForm form,
      List<Assumption> assumptions) {
    this.arithmetic = arithmetic;
    this.buffer = buffer;
    this.form = form;
    this.assumptions = List.copyOf(assumptions);
  }

  LimbArithmetic arithmetic() {
    return arithmetic;
  }

  List<Assumption> assumptions() {
    return assumptions;
  }

  LimbView view() {
    return LimbView.of(buffer);
  }

  @Override
  public int size() {
    return form.size();
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
  public void copyWordsTo(ByteBuffer destination) {
    CkksParameters parameters = arithmetic.parameters();
    int bytes = Math.toIntExact(words(parameters) * Long.BYTES);
    CkksChecks.destination("copyWordsTo", destination, bytes);
    assumptions.forEach(Assumption::check);
    arithmetic.engine().download(buffer, 0, destination.slice(destination.position(), bytes));
    destination.position(destination.position() + bytes);
  }

  @Override
  public void close() {
    buffer.close();
  }

  @Override
  public String toString() {
    return form.toString();
  }
}
