package io.cipherstream.fpga.ntt

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.CoreParameters
import io.cipherstream.fpga.arith.Delay

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

  /** Cycles from the cycle in which a row is issued to the one in which it stands on `row`. */
  val steps: Int = 5

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
  * order, so that no stage has to wait for the last results of the one before. What a row needs is worked out in
  * [[NttSequencer.steps]] steps behind the walk.
  */
class NttSequencer(p: CoreParameters) extends Module {
  val io = IO(new Bundle {

    /** A limb that may start; taken with its last row, so it stays valid all the time. */
    val limb = Flipped(Decoupled(new Bundle {
      val inverse = Bool()
      val degreeBits = UInt(p.degreeBitsWidth.W)
    }))

    /** Whether a row is issued in this cycle, and whether it is the limb's last. */
    val issued = Output(Bool())
    val last = Output(Bool())

    /** The row that was issued [[NttSequencer.steps]] cycles ago. */
    val row = Valid(new NttRow(p))
  })

  private val cycleBits = log2Ceil(p.groupsMax / 2)
  private val cycle = RegInit(0.U(cycleBits.W))
  private val stage = RegInit(0.U(p.degreeBitsWidth.W))
  private val wait_ = RegInit(0.U(log2Ceil(NttUnit.rowLatency(p) + 1).W))
  private val waiting = RegInit(false.B)

  // The degree stays while a program runs.
  private val n = io.limb.bits.degreeBits
  private val lastStageIndex = Delay.step(n - 1.U, p.degreeBitsWidth)
  private val lastCycle = Delay.step((((1.U << n) >> (p.laneBits + 1)).asUInt - 1.U)(cycleBits - 1, 0), cycleBits)
  private val bubble = RegNext(
    VecInit.tabulate(p.degreeBitsMax + 1)(i => NttSequencer.bubble(p, i.max(p.degreeBitsMin)).U(wait_.getWidth.W))(n)
  )
  private val endOfStage = cycle === lastCycle
  private val lastStage = stage === lastStageIndex

  io.issued := io.limb.valid && !waiting
  io.last := io.issued && endOfStage && lastStage
  io.limb.ready := io.last
  when(waiting) {
    wait_ := wait_ - 1.U
    waiting := wait_ =/= 1.U
  }
  when(io.issued) {
    cycle := cycle + 1.U
    when(endOfStage) {
      cycle := 0.U
      stage := Mux(lastStage, 0.U, stage + 1.U)
      when(!lastStage) {
        wait_ := bubble
        waiting := bubble =/= 0.U
      }
    }
  }

  /** What is known of a row after a step, as registers. */
  private def step(values: UInt*): Seq[UInt] = values.map(v => Delay.step(v, v.getWidth))

  // Step 1. Distance t = 2^distance; blocks of a stage m = 2^(n - 1 - distance).
  private val mirrored = io.limb.bits.inverse.asUInt
  private val ahead = (lastStageIndex - stage)(p.degreeBitsWidth - 1, 0)
  private val Seq(cycle1, distance1, order1, inverse1) =
    step(cycle, Mux(io.limb.bits.inverse, stage, ahead), Mux(io.limb.bits.inverse, ahead, stage), mirrored)

  // Step 2. Rows whose words lie in one group, or the gap between their groups.
  private val within = distance1 < p.laneBits.U
  private val selectBits = log2Ceil(p.laneBits + 1).max(1)
  private val gap = Mux(within, 0.U, distance1 - p.laneBits.U)(p.degreeBitsWidth - 1, 0)
  private val select = Mux(within, distance1, p.laneBits.U)(selectBits - 1, 0)
  private val Seq(cycle2, gap2, select2, within2, order2, inverse2) = step(cycle1, gap, select, within.asUInt, order1, inverse1)

  // Step 3. The row's number above and below the gap; its block.
  private val below = VecInit.tabulate(cycleBits)(i => gap2 > i.U).asUInt
  // Of a row: of the two parities that share one, only the upper bits tell rows apart.
  private val gapBit = LimbBuffer.row(UIntToOH(gap2, cycleBits + 1))
  private val inBlocks = (cycle2 << (p.laneBits.U - select2)).pad(p.indexBits)(p.indexBits - 1, 0)
  private val Seq(low3, high3, gapBit3, near3, far3, within3, blocks3, under3, select3) = step(
    cycle2 & below,
    cycle2 & ~below,
    gapBit,
    inBlocks,
    (cycle2 >> gap2)(cycleBits - 1, 0),
    within2,
    UIntToOH(order2, p.indexBits),
    // The inverse takes entry m + (m - 1 - i) of the table and the butterfly the sign.
    VecInit.tabulate(p.indexBits)(i => order2 > i.U && inverse2.asBool).asUInt,
    select2
  )

  // Step 4. Both groups; root of block i is entry m + i.
  private val first = Cat(high3, 0.U(1.W)) | low3
  private val entry = blocks3 | Mux(within3.asBool, near3, far3)
  private val Seq(first4, second4, swapped4, entry4, mirror4, select4) =
    step(LimbBuffer.row(first), LimbBuffer.row(first) | gapBit3, LimbBuffer.set(first).asUInt, entry, under3, select3)

  // Step 5.
  private val row = Reg(new NttRow(p))
  row.swapped := swapped4.asBool
  row.rows(0) := Mux(swapped4.asBool, second4, first4)
  row.rows(1) := Mux(swapped4.asBool, first4, second4)
  row.select := select4
  row.twiddleRow := (entry4 ^ mirror4) >> p.laneBits
  for (lane <- 0 until p.lanes) {
    val offsets = VecInit.tabulate(p.laneBits + 1) { b =>
      val offset =
        if (b == p.laneBits) 0 else ((lane >> b) & 1) * (p.lanes >> (b + 1)) + (lane >> (b + 1))
      offset.U(p.laneBits.max(1).W)
    }
    row.twiddleLane(lane) :=
      (if (p.laneBits == 0) 0.U else ((entry4 | offsets(select4)) ^ mirror4)(p.laneBits - 1, 0))
  }
  io.row.valid := Delay.flag(io.issued, NttSequencer.steps)
  io.row.bits := row
}
