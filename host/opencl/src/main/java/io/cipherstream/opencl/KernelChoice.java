package io.cipherstream.opencl;

import io.cipherstream.ring.LimbRing;

/** Which kernels an engine uses. */
final class KernelChoice {

  private KernelChoice() {}

  static KernelVariant of(OpenClDevice device, LimbRing ring, OpenClOptions options) {
    String named = options.kernels();
    if (named != null) {
      KernelVariant variant = KernelVariant.parse(named);
      if (!variant.possible(device, ring)) {
        throw new IllegalArgumentException(
            "kernels "
                + variant
                + " do not suit "
                + device
                + " and the "
                + ring
                + "; expected one of "
                + KernelVariant.possibleOn(device, ring));
      }
      return variant;
    }
    return KernelVariant.possibleOn(device, ring).get(0);
  }
}
