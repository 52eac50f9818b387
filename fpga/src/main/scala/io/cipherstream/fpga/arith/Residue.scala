package io.cipherstream.fpga.arith

import chisel3._
import chisel3.util.Cat

/** Sums of canonical residues: a and b in [0, q), results in [0, q), one level of logic each, no registers. */
object Residue {

  /** (a + b) mod q. */
  def add(a: UInt, b: UInt, q: UInt): UInt = {
    val w = q.getWidth
    val sum = a +& b
    val less = sum -& q
    Mux(less(w + 1), sum(w - 1, 0), less(w - 1, 0))
  }

  /** (a - b) mod q. */
  def subtract(a: UInt, b: UInt, q: UInt): UInt = {
    val w = q.getWidth
    val difference = a -& b
    Mux(difference(w), difference(w - 1, 0) + q, difference(w - 1, 0))
  }

  /** -a mod q. */
  def negate(a: UInt, q: UInt): UInt = Mux(a === 0.U, 0.U, q - a)

  /** a / 2 mod q, for odd q: a shifted, or a + q shifted. */
  def half(a: UInt, q: UInt): UInt = (a +& Mux(a(0), q, 0.U(q.getWidth.W)))(q.getWidth, 1)

  /** 0 or 1 with enough zeros in front to be a word. */
  def one(bits: Int): UInt = Cat(0.U((bits - 1).W), 1.U(1.W))
}
