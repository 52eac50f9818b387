package io.cipherstream.opencl.image;

import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Modulus;
import java.util.ArrayList;
import java.util.List;

/**
 * The parameters of a core as the hardware has them; {@link ClusterParameters} has the rest.
 *
 * @param wordBits every modulus is below 2^wordBits; 28 to 61
 * @param degreeBitsMin log₂ of the smallest ring degree
 * @param degreeBitsMax log₂ of the largest ring degree
 * @param lanes P: butterflies of a cluster
 * @param busWords 64-bit words of a beat of the memory ports
 * @param segments entries of the segment table
 * @param moduli entries of the modulus table
 */
public record CoreParameters(
    int wordBits,
    int degreeBitsMin,
    int degreeBitsMax,
    int lanes,
    int busWords,
    int segments,
    int moduli) {

  /** Fewest segments: an instruction names three. */
  public static final int SEGMENTS_MIN = 3;

  /** Fewest moduli: REDUCE names two. */
  public static final int MODULI_MIN = 2;

  private static final int WORD_BITS_MIN = 28;
  private static final int DEGREE_BITS_MIN = 4;
  private static final int LANES_MAX = 64;
  private static final int SEGMENTS_MAX = 1 << 16;

  /**
   * @throws IllegalArgumentException if a number is out of range; the text says which
   */
  public CoreParameters {
    range("wordBits", wordBits, WORD_BITS_MIN, Modulus.BITS_MAX);
    int largest = Integer.numberOfTrailingZeros(LimbRing.DEGREE_MAX);
    range("degreeBitsMin", degreeBitsMin, DEGREE_BITS_MIN, largest);
    range("degreeBitsMax", degreeBitsMax, degreeBitsMin, largest);
    range("lanes", lanes, 1, LANES_MAX);
    range("busWords", busWords, 8, 16);
    range("segments", segments, SEGMENTS_MIN, SEGMENTS_MAX);
    range("moduli", moduli, MODULI_MIN, LimbRing.MODULI_MAX);
  }

  static void range(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " is " + value + ", expected " + least + " to " + most);
    }
  }

  /**
   * log₂ of the Montgomery factor R: whole digits of degreeBitsMin + 1 bits, as every modulus is 1
   * modulo 2^(degreeBitsMin + 1).
   */
  public int montgomeryBits() {
    int digitBits = degreeBitsMin + 1;
    return (wordBits + digitBits - 1) / digitBits * digitBits;
  }

  /** Why programs over that ring cannot run on the core; empty if they can. */
  public List<String> obstacles(LimbRing ring) {
    List<String> obstacles = new ArrayList<>();
    if (ring.degreeBits() < degreeBitsMin || ring.degreeBits() > degreeBitsMax) {
      obstacles.add(
          "N is "
              + ring.degree()
              + ", it takes "
              + (degreeBitsMin == degreeBitsMax ? "" : (1 << degreeBitsMin) + " to ")
              + (1 << degreeBitsMax));
    }
    int bits = ring.moduli().stream().mapToInt(Modulus::bits).max().orElse(0);
    if (bits > wordBits) {
      obstacles.add(
          "the longest modulus has " + bits + " bits, its words have " + wordBits + " bits");
    }
    return obstacles;
  }
}
