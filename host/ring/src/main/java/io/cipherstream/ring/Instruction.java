package io.cipherstream.ring;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One instruction. Members that the opcode does not use are zero, null or {@link Repeat#NONE}.
 *
 * @param modulus index of q
 * @param sourceModulus index of the modulus whose residues operand a of {@code REDUCE} and {@code
 *     MACC} holds
 * @param repeat how operand b stands for a limb
 * @param galois Galois element g
 * @param constant c, canonical modulo q
 */
public record Instruction(
    Opcode opcode,
    int modulus,
    int sourceModulus,
    Repeat repeat,
    int galois,
    long constant,
    @Nullable Operand d,
    @Nullable Operand a,
    @Nullable Operand b) {

  /** The same on operands elsewhere; those that it does not use stay null. */
  public Instruction moved(UnaryOperator<Operand> move) {
    return new Instruction(
        opcode,
        modulus,
        sourceModulus,
        repeat,
        galois,
        constant,
        d == null ? null : move.apply(d),
        a == null ? null : move.apply(a),
        b == null ? null : move.apply(b));
  }
}
