package io.cipherstream.fpga.arith

import chisel3._

/** Values a fixed number of cycles later: registers when short, else a small ring memory with one pointer
  * for all values. Free running; the first values after a reset are unspecified.
  */
object Delay {

  /** Each value `cycles` later. */
  def apply(values: Seq[UInt], cycles: Int): Seq[UInt] =
    if (cycles <= 3) values.map(v => (0 until cycles).foldLeft(v)((x, _) => step(x, v.getWidth)))
    else {
      val length = cycles - 1
      val at = RegInit(0.U(chisel3.util.log2Ceil(length).W))
      at := Mux(at === (length - 1).U, 0.U, at + 1.U)
      values.map { v =>
        val ring = Mem(length, UInt(v.getWidth.W))
        val out = step(ring.read(at), v.getWidth)
        ring.write(at, v)
        out
      }
    }

  /** A register of known width. */
  def step(value: UInt, bits: Int): UInt = {
    val register = Reg(UInt(bits.W))
    register := value
    register
  }

  def apply(value: UInt, cycles: Int): UInt = apply(Seq(value), cycles).head

  /** A flag, false after a reset. */
  def flag(value: Bool, cycles: Int): Bool = (0 until cycles).foldLeft(value)((x, _) => RegNext(x, false.B))
}
