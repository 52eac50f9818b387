package io.cipherstream.fpga.ntt

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.CoreParameters

/** One row of P butterflies: which words, which roots. */
class NttRow(p: CoreParameters) extends Bundle {
  private val rowBits = log2Ceil(p.groupsMax / 2)

  /** Row of either bank set. */
  val rows = Vec(2, UInt(rowBits.W))

  /** Whether the first group lies in set 1. */
  val swapped = Bool()

  /** Exchange: log2 of the distance if below P, else laneBits. */
  val select = UInt(log2Ceil(p.laneBits + 1).max(1).W)
  val twiddleRow = UInt(log2Ceil(p.groupsMax).W)

  /** Place of each lane's root in its row of the table. */
  val twiddleLane = Vec(p.lanes, UInt(p.laneBits.max(1).W))
}

object NttSequencer {

  /** Cycles between the stages of a limb of 2^degreeBits words, so that a stage finds what the one before
    * has written: a row needs words that were computed at least N / 4P rows before it.
    */
  def bubble(p: CoreParameters, degreeBits: Int): Int =
    math.max(0, NttUnit.rowLatency(p) - (1 << degreeBits) / (4 * p.lanes))

  /** Cycles from the first row of a limb to the first row of the next. */
  def limbCycles(p: CoreParameters, degreeBits: Int): Int =
    degreeBits * ((1 << degreeBits) / (2 * p.lanes) + bubble(p, degreeBits))
}

/** Walks through the rows of a limb, one a cycle, stage by stage; within a stage blocks in order and rows in
  * order, so that no stage has to wait for the last results of the one before.
  */
class NttSequencer(p: CoreParameters) extends Module {
  val io = IO(new Bundle {

    /** A limb that may start; taken with its last row, so it stays valid all the time. */
    val limb = Flipped(Decoupled(new Bundle {
      val inverse = Bool()
      val degreeBits = UInt(p.degreeBitsWidth.W)
    }))
    val row = Valid(new NttRow(p))
    val last = Output(Bool())
  })

  private val cycleBits = log2Ceil(p.groupsMax / 2)
  private val cycle = RegInit(0.U(cycleBits.W))
  private val stage = RegInit(0.U(p.degreeBitsWidth.W))
  private val wait_ = RegInit(0.U(log2Ceil(NttUnit.rowLatency(p) + 1).W))

  private val n = io.limb.bits.degreeBits
  private val inverse = io.limb.bits.inverse
  private val bubbles = VecInit.tabulate(p.degreeBitsMax + 1)(i =>
    NttSequencer.bubble(p, i.max(p.degreeBitsMin)).U(wait_.getWidth.W)
  )
  private val cycles = ((1.U << n) >> (p.laneBits + 1)).asUInt
  private val endOfStage = cycle === (cycles - 1.U)(cycleBits - 1, 0)
  private val lastStage = stage === n - 1.U
  private val waiting = wait_ =/= 0.U

  io.row.valid := io.limb.valid && !waiting
  io.last := io.row.valid && endOfStage && lastStage
  io.limb.ready := io.last
  when(waiting) { wait_ := wait_ - 1.U }
  when(io.row.valid) {
    cycle := cycle + 1.U
    when(endOfStage) {
      cycle := 0.U
      stage := Mux(lastStage, 0.U, stage + 1.U)
      when(!lastStage) { wait_ := bubbles(n) }
    }
  }

  // Distance t = 2^distance; blocks of a stage m = 2^(n - 1 - distance).
  private val distance = Mux(inverse, stage, n - 1.U - stage)
  private val within = distance < p.laneBits.U
  private val gap = Mux(within, 0.U, distance - p.laneBits.U)(p.degreeBitsWidth - 1, 0)
  private val low = cycle & ((1.U << gap) - 1.U)(cycleBits - 1, 0)
  private val first = ((((cycle >> gap) << gap) << 1).asUInt | low)(cycleBits, 0)
  private val second = (first | (1.U << gap))(cycleBits, 0)
  private val swapped = LimbBuffer.set(first)
  private val bits = io.row.bits
  bits.swapped := swapped
  bits.rows(0) := LimbBuffer.row(Mux(swapped, second, first))
  bits.rows(1) := LimbBuffer.row(Mux(swapped, first, second))
  private val select = Mux(within, distance, p.laneBits.U)
  bits.select := select(bits.select.getWidth - 1, 0)

  // Root of block i is entry m + i; the inverse takes entry m + (m - 1 - i) and the butterfly the sign.
  private val blocks = (1.U << (n - 1.U - distance))(p.indexBits - 1, 0)
  private val block = Mux(within, cycle << (p.laneBits.U - bits.select), cycle >> gap)
  private val mirror = Mux(inverse, blocks - 1.U, 0.U)
  private val entry = (blocks | block)(p.indexBits - 1, 0)
  bits.twiddleRow := ((entry ^ mirror) >> p.laneBits)
  for (lane <- 0 until p.lanes) {
    val offsets = VecInit.tabulate(p.laneBits + 1) { b =>
      val offset =
        if (b == p.laneBits) 0 else ((lane >> b) & 1) * (p.lanes >> (b + 1)) + (lane >> (b + 1))
      offset.U(p.laneBits.max(1).W)
    }
    bits.twiddleLane(lane) :=
      (if (p.laneBits == 0) 0.U else ((entry | offsets(bits.select)) ^ mirror)(p.laneBits - 1, 0))
  }
}
