package io.cipherstream.fpga.cluster

import io.cipherstream.fpga.CoreSet
import chisel3._
import chisel3.util._
import io.cipherstream.fpga.arith.Delay

object TermRows {

  /** Cycles from a row's number to its words. */
  def latency(p: ClusterParameters): Int = 2 + TermStreams.readLatency + p.productBits + 1
}

/** Which row of the streams' memory a term's row is in, and how its words lie there: word k is b[k >> s], or mirrored
  * b[min(r, 2F - 1 - r)], r = k >> s. Half a row is doubled as often as needed, a step a cycle.
  */
class TermRows(p: ClusterParameters, addressBits: Int) extends Module {
  private val chunkBits = log2Ceil(ClusterParameters.chunkWords)
  private val lineBits = 3
  private val m = p.productBits
  private val rowsBits = chunkBits - m
  val io = IO(new Bundle {
    val degreeBits = Input(UInt(p.core.degreeBitsWidth.W))
    val row = Input(UInt(p.rowBits.W))
    val term = Input(UInt(log2Ceil(CoreSet.termsMax).W))
    val toggle = Input(Bool())

    /** As TermStreams.spread of the operation's terms. */
    val spread = Input(UInt(3.W))
    val shift = Input(UInt(5.W))
    val mirrored = Input(Bool())

    /** To the memory: the row [[TermStreams.readLatency]] cycles later. */
    val readAt = Output(UInt(addressBits.W))
    val read = Input(p.row)
    val words = Output(p.row)
  })
  // Step 1. Whether the row is in the mirrored half; its first word among those of b.
  private val half = io.mirrored && (io.row >> (io.degreeBits - (m + 1).U))(0)
  private val flip1 = RegNext(half)
  private val first1 = RegNext((Cat(io.row, 0.U(m.W)) >> io.shift)(chunkBits - 1, 0))
  private val deep = io.shift > lineBits.U
  private val chunk = io.row >> rowsBits
  private val set1 = RegNext(Mux(deep, chunk >> (io.shift - lineBits.U), chunk).pad(TermStreams.placeBits)(TermStreams.placeBits - 1, 0))
  private val spread1 = RegNext(io.spread)
  private val few1 = RegNext(Mux(deep, lineBits.U, chunkBits.U - io.shift)(2, 0))
  private val shift1 = RegNext(Mux(io.shift > m.U, m.U, io.shift)(2, 0))
  private val (term1, toggle1) = (RegNext(io.term), RegNext(io.toggle))

  // Step 2. The words that the chunk has of b are as few as 2^few.
  private val mask = VecInit.tabulate(chunkBits)(i => few1 > i.U).asUInt
  private val word = (first1 ^ Fill(chunkBits, flip1)) & mask
  private val head = TermStreams.place(term1, set1, spread1)
  private val at = Cat(toggle1, if (rowsBits == 0) head else Cat(head, word(chunkBits - 1, m)))
  io.readAt := RegNext(at)
  private val offset2 = Delay.step(word(m - 1, 0), m)
  private val (shift2, flip2) = (Delay.step(shift1, 3), RegNext(flip1))

  // The memory, then the doublings, then the turn.
  private val (offset, shift, flip) = {
    val late = Delay(Seq(offset2, shift2, flip2.asUInt), TermStreams.readLatency)
    (late(0), late(1), late(2))
  }
  private val doubled = (1 to m).foldLeft((io.read, offset, shift, flip)) { case ((words, o, s, f), i) =>
    val half = p.products / 2
    val next = VecInit.tabulate(p.products) { j =>
      Delay.step(Mux(s >= i.U, Mux(o(m - i), words(half + (j >> 1)), words(j >> 1)), words(j)), p.wordBits)
    }
    (next, RegNext(o), RegNext(s), RegNext(f))
  }
  io.words := VecInit.tabulate(p.products) { j =>
    Delay.step(Mux(doubled._4 =/= 0.U, doubled._1(p.products - 1 - j), doubled._1(j)), p.wordBits)
  }
}
