package io.cipherstream.opencl;

import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.RandomPrograms;

/** A process that compares an engine with the interpreter; says "begun", then "same words". */
final class ConformanceMain {

  private ConformanceMain() {}

  public static void main(String[] arguments) {
    long seed = Long.parseLong(arguments[0]);
    LimbRing ring = RandomPrograms.ring(seed, 4096, 3, 50);
    OpenClOptions options =
        OpenClOptions.DEFAULTS.withKernels("f64-limb").withMemoryBytesMax(256 << 20);
    try (OpenClEngine engine = OpenClEngine.open("opencl:pocl", ring, options)) {
      System.out.println("begun");
      InterpreterComparison.sameWords(engine, seed, 1000, 100);
    }
    System.out.println("same words");
  }
}
