package io.cipherstream.fpga.ntt

import chisel3._
import chisel3.util.log2Ceil
import io.cipherstream.fpga.CoreParameters

/** One limb in two sets of P banks, each with a read and a write port.
  *
  * The limb is cut into groups of P consecutive words. Group h lies in set parity(h), row h / 2. The two
  * groups that a butterfly row touches differ in exactly one bit of h, hence lie in different sets: every
  * stage reads and writes 2 P words a cycle without a conflict.
  */
class LimbBuffer(p: CoreParameters) extends Module {
  private val rows = p.groupsMax / 2
  private def row = UInt(log2Ceil(rows).W)

  val io = IO(new Bundle {
    val readRow = Input(Vec(2, row))
    val readEnable = Input(Bool())

    /** The rows asked for [[LimbBuffer.latency]] cycles ago. */
    val read = Output(Vec(2, Vec(p.lanes, UInt(p.wordBits.W))))
    val writeEnable = Input(Vec(2, Bool()))
    val writeRow = Input(Vec(2, row))
    val write = Input(Vec(2, Vec(p.lanes, UInt(p.wordBits.W))))
  })

  for (set <- 0 until 2; lane <- 0 until p.lanes) {
    val bank = SyncReadMem(rows, UInt(p.wordBits.W))
    io.read(set)(lane) := RegNext(RegNext(bank.read(io.readRow(set), io.readEnable)))
    when(io.writeEnable(set)) {
      bank.write(io.writeRow(set), io.write(set)(lane))
    }
  }
}

object LimbBuffer {

  /** Cycles from a row's number to its words: memory, its output register, one beside it. */
  val latency: Int = 3

  /** Set of a group. */
  def set(group: UInt): Bool = group.xorR

  /** Row of a group. */
  def row(group: UInt): UInt = group >> 1
}
