package io.cipherstream.opencl;

import io.cipherstream.ring.LimbRing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which kernels an engine uses: an arithmetic and a layout, such as {@code f64-limb} or {@code
 * u64-group11}.
 *
 * @param layout how transforms are laid out over work-items
 * @param tileBits log₂ of the words a work-group transforms in local memory; 0 without groups
 */
record KernelVariant(Arithmetic arithmetic, Layout layout, int tileBits) {

  /** Work-items of a transform's work-group. */
  static final int GROUP_ITEMS = 256;

  /** Smallest ring degree of {@link Layout#LIMB}. */
  static final int LIMB_DEGREE_MIN = 128;

  /** The arithmetic on residues. */
  enum Arithmetic {
    /** Double precision with fused multiply-add, moduli below 2⁵⁰. */
    F64(50, Long.BYTES),
    /** 64-bit integers, all moduli. */
    U64(61, Long.BYTES),
    /** 32-bit integers, moduli below 2³¹. */
    U32(31, Integer.BYTES);

    private final int modulusBits;
    private final int residueBytes;

    Arithmetic(int modulusBits, int residueBytes) {
      this.modulusBits = modulusBits;
      this.residueBytes = residueBytes;
    }

    boolean fits(LimbRing ring) {
      return ring.moduli().stream().allMatch(q -> q.bits() <= modulusBits);
    }

    /** Words of a root in the tables. */
    int rootWords() {
      return this == U64 ? 2 : 1;
    }
  }

  /** How the work of a transform is divided. */
  enum Layout {
    /** One work-item per limb, in vectors of eight words. */
    LIMB,
    /** One work-group per tile in local memory. */
    GROUP
  }

  /** Words that a work-item handles at once. */
  int lanes() {
    return layout == Layout.LIMB ? 8 : 1;
  }

  /** Whether device and ring allow it. */
  boolean possible(OpenClDevice device, LimbRing ring) {
    if (!arithmetic.fits(ring) || (arithmetic == Arithmetic.F64 && !device.fp64())) {
      return false;
    }
    return layout == Layout.LIMB
        ? ring.degree() >= LIMB_DEGREE_MIN
        : ((long) arithmetic.residueBytes << tileBits) <= device.localBytes()
            && device.groupItemsMax() >= GROUP_ITEMS;
  }

  /** All variants that device and ring allow and that are worth a trial, likely ones first. */
  static List<KernelVariant> possibleOn(OpenClDevice device, LimbRing ring) {
    int[] tiles = device.type() == OpenClDevice.Type.CPU ? new int[] {11} : new int[] {11, 10, 12};
    List<KernelVariant> variants = new ArrayList<>();
    for (Arithmetic arithmetic :
        new Arithmetic[] {Arithmetic.U32, Arithmetic.F64, Arithmetic.U64}) {
      if (device.type() != OpenClDevice.Type.GPU) {
        variants.add(new KernelVariant(arithmetic, Layout.LIMB, 0));
      }
      for (int tileBits : tiles) {
        variants.add(new KernelVariant(arithmetic, Layout.GROUP, tileBits));
      }
    }
    variants.removeIf(v -> !v.possible(device, ring));
    return variants;
  }

  /**
   * Parses the text form of {@link #toString}.
   *
   * @throws IllegalArgumentException for any other text
   */
  static KernelVariant parse(String text) {
    for (Arithmetic arithmetic : Arithmetic.values()) {
      for (int tileBits = 0; tileBits <= 13; tileBits++) {
        KernelVariant variant =
            new KernelVariant(arithmetic, tileBits == 0 ? Layout.LIMB : Layout.GROUP, tileBits);
        if (variant.toString().equals(text)) {
          return variant;
        }
      }
    }
    throw new IllegalArgumentException(
        "kernels " + text + ": expected {f64|u64|u32}-{limb|group10|group11|group12}");
  }

  @Override
  public String toString() {
    String name = arithmetic + "-" + layout + (layout == Layout.GROUP ? tileBits : "");
    return name.toLowerCase(Locale.ROOT);
  }
}
