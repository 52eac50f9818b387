package io.cipherstream.transformer;

import java.util.List;

/**
 * One interaction: the appliance sends {@code down}; the client decrypts, applies the operation and
 * answers with fresh encryptions {@code up}.
 *
 * @param index position in the plan, from 0
 * @param layer encoder layer, from 0
 */
public record Round(
    int index,
    int layer,
    ClientOperation operation,
    List<CiphertextSpec> down,
    List<CiphertextSpec> up) {

  public Round {
    down = List.copyOf(down);
    up = List.copyOf(up);
  }
}
