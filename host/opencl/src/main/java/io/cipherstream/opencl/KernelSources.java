package io.cipherstream.opencl;

import io.cipherstream.ring.LimbProgram;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** The OpenCL C of a variant: the generated header, then one file per family of kernels. */
final class KernelSources {

  private KernelSources() {}

  static String of(KernelVariant variant) {
    StringBuilder source = new StringBuilder();
    source.append(read(LimbProgram.class, "limb_program.h"));
    String arithmetic = variant.arithmetic().name().toLowerCase(Locale.ROOT);
    String layout = variant.layout().name().toLowerCase(Locale.ROOT);
    for (String part : List.of("prelude", arithmetic, "ntt_" + layout, "words", "permute")) {
      source.append('\n').append(read(KernelSources.class, part + ".cl"));
    }
    return source.toString();
  }

  /** Compiler options; none allows a compiler to change the value of an expression. */
  static String options(KernelVariant variant) {
    String options = "-cl-std=CL1.2 -DLANES=" + variant.lanes();
    return variant.layout() == KernelVariant.Layout.LIMB
        ? options
        : options
            + " -DTILE="
            + (1 << variant.tileBits())
            + " -DGROUP="
            + KernelVariant.GROUP_ITEMS;
  }

  private static String read(Class<?> beside, String name) {
    try (InputStream stream = beside.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("resource " + name + " is missing from the class path");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
