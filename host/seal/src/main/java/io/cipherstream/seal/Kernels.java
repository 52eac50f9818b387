package io.cipherstream.seal;

import io.cipherstream.seal.jni.SealShim;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Sets of native kernels of {@link SealEngine}, in the order of their numbers in kernel.h. */
public enum Kernels {
  /** SEAL's routines only. */
  PORTABLE("portable"),
  /** AVX-512 IFMA for moduli below 2⁵⁰. */
  IFMA("AVX-512 IFMA"),
  /** AVX2 and FMA for moduli below 2⁵⁰. */
  AVX2("AVX2");

  private final String text;

  Kernels(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  /** Name in an engine's name, such as {@code avx2} in {@code seal-limb:avx2}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The fastest ones of this processor. */
  public static Kernels best() {
    return values()[SealShim.best_kernel_id()];
  }

  /** Those that this processor can run. */
  public static List<Kernels> available() {
    return Arrays.stream(values()).filter(k -> SealShim.runs_kernel_id(k.ordinal())).toList();
  }

  /**
   * The set of that label.
   *
   * @throws IllegalArgumentException for another word; the text lists the known ones
   */
  public static Kernels parse(String label) {
    for (Kernels kernels : values()) {
      if (kernels.label().equals(label)) {
        return kernels;
      }
    }
    throw new IllegalArgumentException(
        "kernels '"
            + label
            + "': expected one of "
            + Arrays.stream(values()).map(Kernels::label).toList());
  }
}
