package io.cipherstream.core;

/**
 * What shapes the time of a card's clusters.
 *
 * @param clusters how many share a program, 1 to {@link CoreLayout#CLUSTERS_MAX}
 * @param butterflies P: butterflies of a cluster, a power of two
 * @param products M: product lanes of a cluster, and words of a scratchpad row
 * @param streamWords Q: words a cycle of each stream between scratchpad and lanes
 * @param slots S: limbs that a cluster's scratchpad holds
 * @param wordsIn words a cycle from memory, of all clusters together
 * @param wordsOut words a cycle to memory, of all clusters together
 * @param pipeline cycles from a word's entry into the lanes to its result
 * @param memoryLatency cycles from a request to the memory's answer
 */
public record ClusterShape(
    int clusters,
    int butterflies,
    int products,
    int streamWords,
    int slots,
    int wordsIn,
    int wordsOut,
    int pipeline,
    int memoryLatency) {

  /** Fewest slots: an operation reads up to three, and writes one. */
  public static final int SLOTS_MIN = 8;

  public ClusterShape {
    power("butterflies", butterflies);
    power("products", products);
    power("streamWords", streamWords);
    range("clusters", clusters, 1, CoreLayout.CLUSTERS_MAX);
    range("slots", slots, SLOTS_MIN, CoreLayout.SLOTS_MAX);
    range("wordsIn", wordsIn, 1, 1 << 16);
    range("wordsOut", wordsOut, 1, 1 << 16);
  }

  /** A cluster with 60 cycles of pipeline and 80 of memory. */
  public static ClusterShape of(
      int clusters, int butterflies, int products, int streamWords, int slots, int wordsIn) {
    int out = Math.max(1, wordsIn / 3);
    return new ClusterShape(
        clusters, butterflies, products, streamWords, slots, wordsIn, out, 60, 80);
  }

  private static void power(String name, int value) {
    if (value < 1 || Integer.bitCount(value) != 1) {
      throw new IllegalArgumentException(name + " is " + value + ", expected a power of two");
    }
  }

  private static void range(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " is " + value + ", expected " + least + " to " + most);
    }
  }

  /** Cycles in which a limb passes a stream. */
  public double streamCycles(int degree) {
    return Math.max(1.0, (double) degree / streamWords);
  }

  /** Cycles for which a transform takes the butterflies: log₂N · N / 2P. */
  public double transformCycles(int degree) {
    return Integer.numberOfTrailingZeros(degree) * Math.max(1.0, degree / (2.0 * butterflies));
  }

  /**
   * Cycles for which a DOT takes the product lanes: a term a row and cycle, two where both factors
   * are in slots; the sums leave through the streams' lanes, once for every 32 terms.
   *
   * @param terms how many
   * @param pairs those with both factors in slots
   */
  public double dotCycles(int degree, int terms, int pairs) {
    double rows = Math.max(1.0, (double) degree / products);
    int drains = (terms + CoreLayout.SUM_TERMS_MAX - 1) / CoreLayout.SUM_TERMS_MAX;
    return rows * Math.max(terms + pairs, drains * Math.max(1.0, (double) products / streamWords));
  }
}
