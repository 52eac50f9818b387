package io.cipherstream.transformer;

import java.util.List;

/** The client's slot arithmetic in one mode, for one text. One thread at a time. */
interface ClientSide {

  /** Slot vectors for {@link InferencePlan#inputs} from the embedded rows [tokens][width]. */
  List<double[]> inputs(double[][] rows);

  /** Slot vectors for {@code up} of a round, from the decrypted slots of its {@code down}. */
  List<double[]> answer(Round round, List<double[]> down);

  /** The output rows, before an embedding is brought to unit length. */
  double[][] rows(List<double[]> result);

  /** What looked wrong so far. */
  List<String> warnings();
}
