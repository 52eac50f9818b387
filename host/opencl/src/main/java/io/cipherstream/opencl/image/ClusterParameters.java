package io.cipherstream.opencl.image;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.CoreLayout;

/**
 * The clusters of a core, as the hardware's own parameters; {@link CoreParameters} has the rest.
 *
 * @param clusters how many share a program
 * @param products M: product lanes of a cluster, and words of a row of its scratchpad
 * @param streamWords Q: words a cycle of each stream between scratchpad and lanes
 * @param slots S: limbs that a cluster's scratchpad holds
 */
public record ClusterParameters(int clusters, int products, int streamWords, int slots) {

  /** Clusters that the hardware can link. */
  private static final int CLUSTERS_MAX = 2;

  private static final int PRODUCTS_MIN = 8;
  private static final int PRODUCTS_MAX = 64;

  /** Cycles from a word's entry into the lanes to its result. */
  private static final int PIPELINE = 60;

  /** Memory ports of a cluster that bring limbs: one for limbs, one for streams. */
  private static final int READ_PORTS = 2;

  /**
   * @throws IllegalArgumentException if a number is out of range; the text says which
   */
  public ClusterParameters {
    CoreParameters.range("clusters", clusters, 1, CLUSTERS_MAX);
    power("products", products, PRODUCTS_MIN, PRODUCTS_MAX);
    power("streamWords", streamWords, 1, products);
    CoreParameters.range("slots", slots, ClusterShape.SLOTS_MIN, CoreLayout.SLOTS_MAX);
  }

  private static void power(String name, int value, int least, int most) {
    if (value < least || value > most || Integer.bitCount(value) != 1) {
      throw new IllegalArgumentException(
          name + " is " + value + ", expected a power of two from " + least + " to " + most);
    }
  }

  /**
   * What programs are compiled for.
   *
   * @param core the other parameters of the same core
   * @param memoryLatency cycles from a request to the memory's answer
   */
  public ClusterShape shape(CoreParameters core, int memoryLatency) {
    return new ClusterShape(
        clusters,
        core.lanes(),
        products,
        streamWords,
        slots,
        clusters * READ_PORTS * core.busWords(),
        clusters * core.busWords(),
        PIPELINE,
        memoryLatency);
  }
}
