package io.cipherstream.bench.cycles;

/** The memory ports of a core, and what they carry. */
public enum Port {
  /** Descriptors and tables of a program in, its result out. */
  PROGRAM,
  /** Limbs and root tables to the NTT units. */
  NTT_READ,
  /** Limbs from the NTT units. */
  NTT_WRITE,
  /** Operand a of the vector unit. */
  A,
  /** Operand b of the vector unit. */
  B,
  /** Operand d of the vector unit. */
  D_READ,
  /** Results of the vector unit. */
  D_WRITE
}
