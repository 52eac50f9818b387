package io.cipherstream.core;

/**
 * What happens to a word v on its way out of a pass, in this order: v ← x − v, or −v; v ← c2·v; v ←
 * v + y, or v + c1.
 *
 * @param subtract whether v is subtracted from x, or from 0 if x is {@link CoreLayout#SLOT_NONE}
 * @param x slot of x or {@link CoreLayout#SLOT_NONE}
 * @param scaled whether the product with c2 is taken
 * @param scale c2, canonical modulo q, 0 if not scaled
 * @param y slot of y or {@link CoreLayout#SLOT_NONE}
 * @param constant c1, canonical modulo q, 0 for none; not together with y
 */
public record Post(boolean subtract, int x, boolean scaled, long scale, int y, long constant) {

  /** Nothing. */
  public static final Post NONE =
      new Post(false, CoreLayout.SLOT_NONE, false, 0, CoreLayout.SLOT_NONE, 0);
}
