package io.cipherstream.ckks;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;

/**
 * What client and appliance agree on for a program of one request and one answer. It is all that
 * the network side has to know of such a program.
 */
public interface RoundlessPlan {

  /** Name in messages. */
  String label();

  /** Size in messages; with {@link #label} it is the plan's name within a model. */
  int size();

  CkksParameters parameters();

  /** Fresh encryptions that the client sends. */
  List<CiphertextForm> inputs();

  /** Questions that it answers at most, each of which a tenant's budget counts. */
  default int answers() {
    return 1;
  }

  /** What the appliance answers. */
  List<CiphertextForm> result();

  /** Most limbs at which a product is relinearised. */
  int relinearizationLimbs();

  /** Every rotation's step → most limbs it is used at; none unless a program says so. */
  default SortedMap<Integer, Integer> rotationLimbs() {
    return Collections.emptySortedMap();
  }

  /** Most words of ciphertexts that the program has open at one time. */
  long words();

  /** Words of what the client sends that a run which is started again needs. */
  long keptWords();

  /** SHA-256 in hexadecimal of everything above but answers and words. */
  String digestHex();
}
