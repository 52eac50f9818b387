package io.cipherstream.seal;

import io.cipherstream.seal.jni.SealShim;

/** Sets of native kernels, in the order of their numbers in kernel.h. */
enum Kernels {
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

  /** The fastest ones of this processor. */
  static Kernels best() {
    return values()[SealShim.best_kernel_id()];
  }
}
