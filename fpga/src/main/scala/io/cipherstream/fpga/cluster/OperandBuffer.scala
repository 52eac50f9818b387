package io.cipherstream.fpga.cluster

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.CoreParameters

/** Operands that must be whole before they are read in another order: a ring of slots, one filling while
  * another is read.
  *
  * @param rows rows of P words of a slot
  * @param note what is to be known when a slot is read
  */
class OperandBuffer[T <: Data](p: CoreParameters, slots: Int, rows: Int, note: => T) extends Module {
  private def noteType: T = note
  private val beatBits = log2Ceil(rows + 1)
  private val slotBits = log2Ceil(slots)

  val io = IO(new Bundle {

    /** Begins to fill a slot with so many beats. */
    val begin = Flipped(Decoupled(new Bundle {
      val beats = UInt(beatBits.W)
      val note = noteType
    }))
    val fill = Flipped(Decoupled(Vec(p.lanes, UInt(p.wordBits.W))))

    /** Whether a slot is filling. */
    val filling = Output(Bool())

    /** The oldest full slot. */
    val full = Valid(noteType)
    val readEnable = Input(Bool())

    /** The words [[OperandBuffer.latency]] cycles later. */
    val readRow = Input(UInt(log2Ceil(rows).max(1).W))
    val read = Output(Vec(p.lanes, UInt(p.wordBits.W)))

    /** Gives the oldest full slot back, with its last read. */
    val release = Input(Bool())
  })

  private def next(slot: UInt): UInt = if (slots == 1) slot else ~slot
  private val full = RegInit(VecInit.fill(slots)(false.B))
  private val notes = Reg(Vec(slots, noteType))
  private val fillSlot = RegInit(0.U(slotBits.W))
  private val readSlot = RegInit(0.U(slotBits.W))
  private val left = RegInit(0.U(beatBits.W))
  private val row = Reg(UInt(log2Ceil(rows).max(1).W))

  io.filling := left =/= 0.U
  io.begin.ready := left === 0.U && !full(fillSlot)
  when(io.begin.fire) {
    left := io.begin.bits.beats
    row := 0.U
    notes(fillSlot) := io.begin.bits.note
  }
  io.fill.ready := left =/= 0.U
  private val banks = Seq.fill(p.lanes)(SyncReadMem(slots * rows, UInt(p.wordBits.W)))
  private def address(slot: UInt, r: UInt) = if (slots == 1) r else Cat(slot, r)
  when(io.fill.fire) {
    banks.zip(io.fill.bits).foreach { case (bank, word) => bank.write(address(fillSlot, row), word) }
    row := row + 1.U
    left := left - 1.U
    when(left === 1.U) {
      full(fillSlot) := true.B
      fillSlot := next(fillSlot)
    }
  }
  io.full.valid := full(readSlot)
  io.full.bits := notes(readSlot)
  io.read := VecInit(banks.map(b => RegNext(RegNext(b.read(address(readSlot, io.readRow), io.readEnable)))))
  when(io.release) {
    assert(full(readSlot), "a slot that is not full is given back")
    full(readSlot) := false.B
    readSlot := next(readSlot)
  }
}

object OperandBuffer {

  /** Cycles from a row's number to its words: memory, its output register, one beside it. */
  val latency: Int = 3
}
