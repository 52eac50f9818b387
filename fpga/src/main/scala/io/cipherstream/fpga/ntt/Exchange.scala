package io.cipherstream.fpga.ntt

import chisel3._
import chisel3.util.{Mux1H, UIntToOH}
import io.cipherstream.fpga.CoreParameters

/** Turns two groups of P words so that butterfly j finds its operands at place j of either.
  *
  * At distances t >= P the groups already lie so. At t = 2^b < P the partner of word j is word j + t of the
  * same group: the network swaps bit b of a word's place with the bit that says which group it is in. It is
  * its own inverse, so the same network puts results back.
  */
object Exchange {

  /** @param select b, or laneBits for no exchange */
  def apply(p: CoreParameters, first: Vec[UInt], second: Vec[UInt], select: UInt): (Vec[UInt], Vec[UInt]) = {
    val chosen = UIntToOH(select, p.laneBits + 1).asBools
    def choose(lane: Int)(exchanged: Int => UInt, straight: UInt): UInt =
      Mux1H(chosen, (0 until p.laneBits).map(exchanged) :+ straight)
    def isUpper(lane: Int, bit: Int) = (lane >> bit & 1) == 1
    val a = VecInit.tabulate(p.lanes) { j =>
      choose(j)(bit => if (isUpper(j, bit)) second(j ^ (1 << bit)) else first(j), first(j))
    }
    val b = VecInit.tabulate(p.lanes) { j =>
      choose(j)(bit => if (isUpper(j, bit)) second(j) else first(j ^ (1 << bit)), second(j))
    }
    (a, b)
  }
}
