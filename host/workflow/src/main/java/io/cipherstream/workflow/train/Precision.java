package io.cipherstream.workflow.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The number format of matrix products in training; everything else is float32. */
public enum Precision {
  /** BFLOAT16 if the processor multiplies it (AVX-512 BF16 or AMX), FLOAT32 otherwise. */
  AUTO,
  /** 24 bits of mantissa. */
  FLOAT32,
  /** 8 bits of mantissa in products, sums in float32: PyTorch's autocast. */
  BFLOAT16;

  /** FLOAT32 or BFLOAT16. */
  public Precision resolved() {
    if (this != AUTO) {
      return this;
    }
    try {
      String flags = Files.readString(Path.of("/proc/cpuinfo"));
      return flags.contains("avx512_bf16") || flags.contains("amx_bf16") ? BFLOAT16 : FLOAT32;
    } catch (IOException e) {
      return FLOAT32;
    }
  }

  /** The lower-case name. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws TrainingException of kind OPTIONS for another name than auto, float32 and bfloat16
   */
  public static Precision parse(String name) {
    for (Precision precision : values()) {
      if (precision.text().equals(name)) {
        return precision;
      }
    }
    throw new TrainingException(
        TrainingException.Kind.OPTIONS,
        "precision '" + name + "': expected auto, float32 or bfloat16");
  }
}
