package io.cipherstream.bench.cycles.run;

import io.cipherstream.ring.Instruction;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.Repeat;
import io.cipherstream.ring.Segment;
import org.jspecify.annotations.Nullable;

/** Programs of one kind of instruction on several limbs, which go round the first moduli. */
final class BatchPrograms {

  /** A product added to a sum that all limbs share: each waits for the one before. */
  static final String CHAIN = "MAC chain";

  /** The product with a row of weights, which repeats. */
  static final String WEIGHTS = "MAC weights";

  /** Moduli that a batch uses: as many root tables come to the card. */
  static final int MODULI = 4;

  private static final int GALOIS = 3;

  private BatchPrograms() {}

  /** The program of an opcode's name, {@link #CHAIN} or {@link #WEIGHTS}. */
  static LimbProgram of(String name, LimbRing ring, int limbs) {
    boolean chain = name.equals(CHAIN);
    Opcode opcode = chain || name.equals(WEIGHTS) ? Opcode.MAC : Opcode.valueOf(name);
    Repeat repeat =
        name.equals(WEIGHTS)
            ? Repeat.mirrored(ring.degree(), OperationCompiler.WIDTH)
            : Repeat.NONE;
    long n = ring.degree();
    ProgramBuilder builder = LimbProgram.builder(name + " × " + limbs, ring);
    Segment a = builder.input("a", limbs * n);
    Segment b = builder.input("b", (long) limbs * repeat.words(ring.degree()));
    Segment d = opcode.readsD() ? builder.update("d", limbs * n) : builder.output("d", limbs * n);
    for (int i = 0; i < limbs; i++) {
      int q = chain ? 0 : i % MODULI;
      var unused =
          builder.append(
              new Instruction(
                  opcode,
                  q,
                  opcode.hasSourceModulus() ? (q + 1) % MODULI : 0,
                  opcode.repeatsB() ? repeat : Repeat.NONE,
                  opcode.hasGalois() ? GALOIS : 0,
                  opcode.hasConstant() ? ring.modulus(q).value() / 2 : 0,
                  operand(opcode.writesD(), d, chain ? 0 : i * n),
                  operand(opcode.readsA(), a, i * n),
                  operand(opcode.readsB(), b, (long) i * repeat.words(ring.degree()))));
    }
    return builder.build();
  }

  private static @Nullable Operand operand(boolean used, Segment segment, long word) {
    return used ? segment.at(word) : null;
  }
}
