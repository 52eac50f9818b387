package io.cipherstream.sim;

import io.cipherstream.opencl.OpenClEngine;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.Modulus;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.Segment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * Every arithmetic instruction on limbs of edge words, modulo the two largest primes that the core
 * takes. Prints {@code same: …}, or what differs.
 */
final class EdgeTrial {

  private static final int RESULTS = 9;
  private static final int MODULI = 2;

  private EdgeTrial() {}

  /** Arguments: image folder, degree, bits. */
  public static void main(String[] arguments) {
    int degree = Integer.parseInt(arguments[1]);
    LimbRing ring = largest(degree, Integer.parseInt(arguments[2]));
    int programs = 0;
    try (OpenClEngine card =
            OpenClEngine.open(
                "opencl:Cipherstream Simulation", ring, CardTrial.options(Path.of(arguments[0])));
        JavaEngine oracle = new JavaEngine(ring, 1L << 28)) {
      for (int modulus = 0; modulus < MODULI; modulus++) {
        long q = ring.modulus(modulus).value();
        for (IntToLongFunction pattern : patterns(degree, q)) {
          ByteBuffer words = words(degree, pattern);
          LimbProgram program = program(ring, modulus);
          long differs = run(oracle, program, words).mismatch(run(card, program, words));
          if (differs >= 0) {
            System.out.println(
                "differs: modulus " + q + ", program " + programs + ", byte " + differs);
            System.exit(0);
          }
          programs++;
        }
      }
    }
    System.out.println("same: " + programs + " programs");
    System.exit(0);
  }

  private static List<IntToLongFunction> patterns(int degree, long q) {
    return List.of(
        k -> 0,
        k -> 1,
        k -> q - 1,
        k -> q / 2,
        k -> k % 2 == 0 ? q - 1 : 0,
        k -> k < degree / 2 ? q / 2 : q / 2 + 1,
        k -> k == 0 ? q - 1 : 0,
        k -> k % 3 == 0 ? 0 : k % 3 == 1 ? 1 : q - 1);
  }

  /** The largest primes below 2^bits that are 1 modulo 2N. */
  private static LimbRing largest(int degree, int bits) {
    List<Modulus> moduli = new ArrayList<>();
    long step = 2L * degree;
    for (long q = (1L << bits) - step + 1; moduli.size() < MODULI; q -= step) {
      if (BigInteger.valueOf(q).isProbablePrime(64)) {
        moduli.add(new Modulus(q));
      }
    }
    return new LimbRing(degree, moduli);
  }

  private static LimbProgram program(LimbRing ring, int q) {
    int n = ring.degree();
    long top = ring.modulus(q).value() - 1;
    ProgramBuilder builder = LimbProgram.builder("edges", ring);
    Segment a = builder.input("a", ring.degree());
    Segment d = builder.output("d", (long) RESULTS * ring.degree());
    builder.ntt(q, d.at(0), a.at(0));
    builder.intt(q, d.at(n), a.at(0));
    builder.mul(q, d.at(2 * n), a.at(0), a.at(0));
    builder.mul(q, d.at(3 * n), d.at(0), a.at(0));
    builder.mac(q, d.at(3 * n), a.at(0), a.at(0));
    builder.add(q, d.at(4 * n), a.at(0), a.at(0));
    builder.sub(q, d.at(5 * n), d.at(4 * n), a.at(0));
    builder.neg(q, d.at(6 * n), a.at(0));
    builder.scale(q, d.at(7 * n), a.at(0), top);
    builder.addc(q, d.at(8 * n), a.at(0), top);
    return builder.build();
  }

  private static ByteBuffer words(int degree, IntToLongFunction pattern) {
    ByteBuffer words = direct(degree);
    for (int k = 0; k < degree; k++) {
      words.putLong(k * Long.BYTES, pattern.applyAsLong(k));
    }
    return words;
  }

  private static ByteBuffer direct(int words) {
    return ByteBuffer.allocateDirect(words * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer run(LimbEngine engine, LimbProgram program, ByteBuffer words) {
    int degree = engine.ring().degree();
    try (LimbBuffer a = engine.allocate(degree);
        LimbBuffer d = engine.allocate((long) RESULTS * degree)) {
      engine.upload(words.duplicate().order(ByteOrder.LITTLE_ENDIAN), a, 0);
      engine.submit(program, List.of(LimbView.of(a), LimbView.of(d))).await();
      ByteBuffer got = direct(RESULTS * degree);
      engine.download(d, 0, got);
      return got.position(0).limit(RESULTS * degree * Long.BYTES);
    }
  }
}
