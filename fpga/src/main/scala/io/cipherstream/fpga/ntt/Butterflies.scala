package io.cipherstream.fpga.ntt

import chisel3._
import io.cipherstream.fpga.CoreParameters
import io.cipherstream.fpga.arith.{Delay, MontgomeryMultiplier, Residue}

object Butterflies {

  /** Cycles from operands to results. */
  def latency(p: CoreParameters): Int = 3 + MontgomeryMultiplier.latency(p)
}

/** P butterflies. With twiddle = w R mod q, every operand and result in [0, q):
  *   - forward (Cooley-Tukey): upper = x + w y, lower = x - w y
  *   - inverse (Gentleman-Sande, halved): upper = (x + y) / 2, lower = w (y - x) / 2
  *
  * Halving in each of the log2 N stages is the factor 1/N of the inverse transform. The inverse takes y - x,
  * not x - y, because its twiddle comes from the forward table: 1 / psi^e = -psi^(N - e).
  */
class Butterflies(p: CoreParameters) extends Module {
  private def words = Vec(p.lanes, UInt(p.wordBits.W))

  val io = IO(new Bundle {
    val x = Input(words)
    val y = Input(words)
    val twiddle = Input(words)
    val modulus = Input(UInt(p.wordBits.W))
    val inverse = Input(Bool())
    val upper = Output(words)
    val lower = Output(words)
  })

  private val latency = MontgomeryMultiplier.latency(p)
  private val modulus = Seq.iterate(io.modulus, 3)(Delay.step(_, p.wordBits))
  private val inverse = Seq.iterate(io.inverse, 3)(RegNext(_))
  private val modulusLast = Delay(modulus(2), latency)
  private val inverseLast = Delay(inverse(2).asUInt, latency).asBool

  private val sums = io.x.zip(io.y).map { case (x, y) =>
    Delay.step(Mux(io.inverse, Residue.add(x, y, io.modulus), x), p.wordBits)
  }
  private val differences = io.x.zip(io.y).map { case (x, y) =>
    Delay.step(Mux(io.inverse, Residue.subtract(y, x, io.modulus), y), p.wordBits)
  }
  private def halved(value: UInt): UInt =
    Delay.step(Mux(inverse(1), Residue.half(value, modulus(1)), value), p.wordBits)

  private val product = Module(new MontgomeryMultiplier(p, p.lanes))
  product.io.a := VecInit(differences.map(halved))
  product.io.b := VecInit(io.twiddle.map(t => RegNext(RegNext(t))))
  product.io.modulus := modulus(2)

  private val waiting = Delay(sums.map(halved), latency)
  for (lane <- 0 until p.lanes) {
    val (s, t) = (waiting(lane), product.io.product(lane))
    io.upper(lane) := RegNext(Mux(inverseLast, s, Residue.add(s, t, modulusLast)))
    io.lower(lane) := RegNext(Mux(inverseLast, t, Residue.subtract(s, t, modulusLast)))
  }
}
