package io.cipherstream.bench.work;

import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.Segment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The instructions that are measured: a program of so many independent limbs of one kind. */
public enum LimbInstruction {
  NTT("forward transform"),
  INTT("inverse transform"),
  MUL("word-wise product"),
  MAC("product added to a running sum, in chains of " + LimbInstruction.CHAIN),
  ADD("word-wise sum"),
  SCALE("product with a constant"),
  REDUCE("residues of one modulus taken modulo another"),
  PERM("Galois automorphism: a permutation");

  /** Products of one chain of MAC. */
  static final int CHAIN = 16;

  private static final int GALOIS = 3;

  private final String description;

  LimbInstruction(String description) {
    this.description = description;
  }

  public String description() {
    return description;
  }

  /** Every instruction's name. */
  public static List<String> names() {
    return Arrays.stream(values()).map(Enum::name).toList();
  }

  static LimbInstruction named(String name) {
    return valueOf(name);
  }

  /**
   * The program: limb i computes modulo modulus i mod (moduli − 1), never the last one. Arguments
   * are the inputs a and b and the output d, a limb each for every limb computed (a chain of MAC
   * has one).
   *
   * @param sealOnly whether MAC is to be a product and a sum, which is what SEAL has
   */
  LimbProgram program(LimbRing ring, int limbs, boolean sealOnly) {
    ProgramBuilder builder = LimbProgram.builder(name() + " × " + limbs, ring);
    long words = (long) limbs * ring.degree();
    Segment a = builder.input("a", words);
    Segment b = builder.input("b", words);
    Segment d = builder.output("d", words);
    Operand product =
        this == MAC && sealOnly ? builder.scratch("product", ring.degree()).at(0) : null;
    int moduli = moduli(ring);
    for (int limb = 0; limb < limbs; limb++) {
      long word = (long) limb * ring.degree();
      int q = this == MAC ? limb / CHAIN % moduli : limb % moduli;
      if (this != MAC || limb % CHAIN == 0) {
        var unusedTask = builder.task();
      }
      var unused =
          switch (this) {
            case NTT -> builder.ntt(q, d.at(word), a.at(word));
            case INTT -> builder.intt(q, d.at(word), a.at(word));
            case MUL -> builder.mul(q, d.at(word), a.at(word), b.at(word));
            case MAC ->
                chain(builder, q, limb, d.at(sum(ring, limb)), a.at(word), b.at(word), product);
            case ADD -> builder.add(q, d.at(word), a.at(word), b.at(word));
            case SCALE -> builder.scale(q, d.at(word), a.at(word), ring.modulus(q).value() / 2);
            case REDUCE -> builder.reduce((q + 1) % moduli, d.at(word), a.at(word), q);
            case PERM -> builder.perm(q, d.at(word), a.at(word), GALOIS);
          };
    }
    return builder.build();
  }

  /** Word of the sum of a limb's chain. */
  private static long sum(LimbRing ring, int limb) {
    return (long) (limb - limb % CHAIN) * ring.degree();
  }

  /** One link: the first of a chain sets the sum, the others add to it. */
  private static ProgramBuilder chain(
      ProgramBuilder builder,
      int q,
      int limb,
      Operand sum,
      Operand a,
      Operand b,
      @Nullable Operand product) {
    if (limb % CHAIN == 0) {
      return builder.mul(q, sum, a, b);
    }
    return product == null
        ? builder.mac(q, sum, a, b)
        : builder.mul(q, product, a, b).add(q, sum, sum, product);
  }

  /** Modulus of limb {@code limb} of the inputs. */
  int modulus(LimbRing ring, int limb) {
    return (this == MAC ? limb / CHAIN : limb) % moduli(ring);
  }

  /** Whether the program writes limb {@code limb} of its output. */
  boolean writes(int limb) {
    return this != MAC || limb % CHAIN == 0;
  }

  private static int moduli(LimbRing ring) {
    return ring.moduli().size() - 1;
  }
}
