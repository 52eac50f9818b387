package io.cipherstream.ring;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Instructions to their binary form and back; {@link DescriptorLayout} says where fields lie. */
final class Descriptors {

  private Descriptors() {}

  static ByteBuffer encode(List<Instruction> instructions) {
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(Math.multiplyExact(instructions.size(), DescriptorLayout.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    for (Instruction i : instructions) {
      buffer.put(at + DescriptorLayout.OPCODE, (byte) i.opcode().code());
      buffer.put(at + DescriptorLayout.MODULUS, (byte) i.modulus());
      buffer.put(at + DescriptorLayout.SOURCE_MODULUS, (byte) i.sourceModulus());
      buffer.put(at + DescriptorLayout.REPEAT, (byte) i.repeat().toByte());
      buffer.putInt(at + DescriptorLayout.GALOIS, i.galois());
      buffer.putLong(at + DescriptorLayout.CONSTANT, i.constant());
      put(buffer, at + DescriptorLayout.D_SEGMENT, i.d());
      put(buffer, at + DescriptorLayout.A_SEGMENT, i.a());
      put(buffer, at + DescriptorLayout.B_SEGMENT, i.b());
      at += DescriptorLayout.BYTES;
    }
    return buffer.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void put(ByteBuffer buffer, int at, @Nullable Operand operand) {
    if (operand != null) {
      buffer.putInt(at, operand.segment());
      buffer.putInt(at + Integer.BYTES, operand.line());
    }
  }

  /**
   * @throws ProgramException for an unknown opcode, a length that is no multiple of a descriptor's,
   *     or a field that the instruction does not use and that is not zero
   */
  static List<Instruction> decode(ByteBuffer bytes) {
    ByteBuffer buffer = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.remaining() % DescriptorLayout.BYTES != 0) {
      throw new ProgramException(
          "descriptor list of "
              + buffer.remaining()
              + " bytes, expected a multiple of "
              + DescriptorLayout.BYTES);
    }
    List<Instruction> instructions = new ArrayList<>();
    for (int at = 0; at < buffer.limit(); at += DescriptorLayout.BYTES) {
      instructions.add(one(buffer, at));
    }
    for (int i = 0; i < instructions.size(); i++) {
      ByteBuffer given = buffer.slice(i * DescriptorLayout.BYTES, DescriptorLayout.BYTES);
      if (!given.equals(encode(List.of(instructions.get(i))))) {
        throw new ProgramException(
            "descriptor "
                + i
                + " ("
                + instructions.get(i).opcode()
                + "): a field that the instruction does not use is not zero");
      }
    }
    return instructions;
  }

  private static Instruction one(ByteBuffer buffer, int at) {
    int code = Byte.toUnsignedInt(buffer.get(at + DescriptorLayout.OPCODE));
    Opcode opcode;
    try {
      opcode = Opcode.of(code);
    } catch (IllegalArgumentException e) {
      throw new ProgramException(
          "descriptor " + at / DescriptorLayout.BYTES + ": " + e.getMessage());
    }
    return new Instruction(
        opcode,
        Byte.toUnsignedInt(buffer.get(at + DescriptorLayout.MODULUS)),
        opcode.hasSourceModulus()
            ? Byte.toUnsignedInt(buffer.get(at + DescriptorLayout.SOURCE_MODULUS))
            : 0,
        opcode.repeatsB()
            ? Repeat.ofByte(Byte.toUnsignedInt(buffer.get(at + DescriptorLayout.REPEAT)))
            : Repeat.NONE,
        opcode.hasGalois() ? buffer.getInt(at + DescriptorLayout.GALOIS) : 0,
        opcode.hasConstant() ? buffer.getLong(at + DescriptorLayout.CONSTANT) : 0,
        opcode.writesD() ? operand(buffer, at + DescriptorLayout.D_SEGMENT) : null,
        opcode.readsA() ? operand(buffer, at + DescriptorLayout.A_SEGMENT) : null,
        opcode.readsB() ? operand(buffer, at + DescriptorLayout.B_SEGMENT) : null);
  }

  private static Operand operand(ByteBuffer buffer, int at) {
    return new Operand(buffer.getInt(at), buffer.getInt(at + Integer.BYTES));
  }
}
