package io.cipherstream.fpga.ntt

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.arith.Delay

/** A memory of several banks, each no deeper than one block of UltraRAM: what a bank reads passes its output register and one
  * beside it, then the banks are chosen among, then a register again.
  */
class BankedMemory[T <: Data](rows: Int, of: T) extends Module {
  private val banks = (rows + BankedMemory.bankRows - 1) / BankedMemory.bankRows
  private val addressBits = log2Ceil(rows).max(1)

  val io = IO(new Bundle {
    val writeEnable = Input(Bool())
    val writeAt = Input(UInt(addressBits.W))
    val write = Input(of)
    val readAt = Input(UInt(addressBits.W))

    /** The row that was asked for [[BankedMemory.latency]] cycles ago. */
    val read = Output(of)
  })

  private def bank(at: UInt): UInt = if (banks == 1) 0.U else at >> log2Ceil(BankedMemory.bankRows)
  private val words = Seq.tabulate(banks) { b =>
    val memory = SyncReadMem(rows.min(BankedMemory.bankRows), of)
    val within = log2Ceil(rows.min(BankedMemory.bankRows)) - 1
    when(io.writeEnable && bank(io.writeAt) === b.U) { memory.write(io.writeAt(within.max(0), 0), io.write) }
    RegNext(RegNext(memory.read(io.readAt(within.max(0), 0))))
  }
  private val chosen = Delay(bank(io.readAt), 3)
  io.read := RegNext(if (banks == 1) words.head else VecInit(words)(chosen))
}

object BankedMemory {

  /** Rows of a block of UltraRAM. */
  val bankRows = 4096

  /** Cycles from an address to its words. */
  val latency = 4
}
