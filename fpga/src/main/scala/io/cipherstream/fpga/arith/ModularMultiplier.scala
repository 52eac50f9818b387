package io.cipherstream.fpga.arith

import chisel3._
import io.cipherstream.fpga.CoreParameters

object ModularMultiplier {

  /** Cycles from factors to product. */
  def latency(p: CoreParameters): Int = 2 * MontgomeryMultiplier.latency(p)
}

/** product = a * b mod q for every lane, for plain residues: a below 2^wordBits, b and the product in [0, q).
  * With b = 1 it is REDUCE. Two Montgomery multipliers in a row, the second with R^2 mod q, because their
  * hardware does not depend on the length of q. A new vector each cycle, each with its own modulus.
  */
class ModularMultiplier(p: CoreParameters, lanes: Int) extends Module {
  private val w = p.wordBits

  val io = IO(new Bundle {
    val a = Input(Vec(lanes, UInt(w.W)))
    val b = Input(Vec(lanes, UInt(w.W)))
    val modulus = Input(UInt(w.W))
    val rSquared = Input(UInt(w.W))
    val product = Output(Vec(lanes, UInt(w.W)))
  })

  private val first = Module(new MontgomeryMultiplier(p, lanes))
  first.io.a := io.a
  first.io.b := io.b
  first.io.modulus := io.modulus

  private val second = Module(new MontgomeryMultiplier(p, lanes))
  private val latency = MontgomeryMultiplier.latency(p)
  private val travelling = Delay(Seq(io.modulus, io.rSquared), latency)
  second.io.a := first.io.product
  second.io.b.foreach(_ := travelling(1))
  second.io.modulus := travelling(0)
  io.product := second.io.product
}
