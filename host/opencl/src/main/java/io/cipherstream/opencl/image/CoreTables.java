package io.cipherstream.opencl.image;

import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Modulus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The modulus table of a core: one line per modulus with q, R² mod q and the line at which its root
 * table begins; then the root tables of N words, where entry k is ψ^bitrev(k)·R mod q.
 */
public final class CoreTables {

  private static final int LINE_BYTES = DescriptorLayout.LINE_WORDS * Long.BYTES;

  private CoreTables() {}

  /**
   * The table of some moduli of a ring, in that order.
   *
   * @param montgomeryBits log₂ R
   */
  public static ByteBuffer of(LimbRing ring, List<Integer> moduli, int montgomeryBits) {
    long bytes = (long) moduli.size() * (LINE_BYTES + (long) ring.degree() * Long.BYTES);
    ByteBuffer table =
        ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < moduli.size(); i++) {
      int line = moduli.size() + i * ring.limbLines();
      Modulus q = ring.modulus(moduli.get(i));
      long r = q.power(2, montgomeryBits);
      table.putLong(i * LINE_BYTES, q.value());
      table.putLong(i * LINE_BYTES + Long.BYTES, q.multiply(r, r));
      table.putLong(i * LINE_BYTES + 2 * Long.BYTES, line);
      roots(table, line * LINE_BYTES, ring, q, ring.root(moduli.get(i)), r);
    }
    return table;
  }

  private static void roots(ByteBuffer to, int at, LimbRing ring, Modulus q, long psi, long r) {
    long power = r;
    for (int exponent = 0; exponent < ring.degree(); exponent++) {
      int k = Integer.reverse(exponent) >>> (Integer.SIZE - ring.degreeBits());
      to.putLong(at + k * Long.BYTES, power);
      power = q.multiply(power, psi);
    }
  }
}
