package io.cipherstream.fpga.cluster

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.arith.Delay
import io.cipherstream.fpga.ntt.BankedMemory

/** A row that is to be written. */
class RowWrite(p: ClusterParameters) extends Bundle {
  val address = UInt((p.slotBits + p.rowBits).W)
  val row = p.row
}

object Scratchpad {

  /** Cycles from an address on port A to its row, and from a granted request of port B to its row. */
  val latencyA: Int = 4
  val latencyB: Int = 6
}

/** S slots in rows of M words, two ports: A reads a row a cycle for the products; B serves all streams, a row a cycle, in turn.
  *
  * @param readers streams that read through port B
  * @param writers streams that write through port B
  */
class Scratchpad(p: ClusterParameters, readers: Int, writers: Int) extends Module {
  private val addressBits = p.slotBits + p.rowBits
  private val rows = 1 << addressBits
  private val banks = (rows + BankedMemory.bankRows - 1) / BankedMemory.bankRows

  private val bankBits = log2Ceil(BankedMemory.bankRows)

  val io = IO(new Bundle {
    val a = Input(Valid(UInt(addressBits.W)))

    /** The row that port A was asked for [[Scratchpad.latencyA]] cycles ago. */
    val rowA = Output(p.row)
    val reads = Vec(readers, Flipped(Decoupled(UInt(addressBits.W))))
    val rows = Output(Vec(readers, Valid(p.row)))
    val writes = Vec(writers, Flipped(Decoupled(new RowWrite(p))))

    /** A row of port B is in use. */
    val busy = Output(Bool())
  })

  // Port B: who asks is chosen in one cycle, what was asked for in the next. The turn goes round.
  private val count = readers + writers
  private val asks = VecInit(io.reads.map(_.valid) ++ io.writes.map(_.valid)).asUInt
  private val behind = RegInit(0.U(count.W))
  private val later = asks & behind
  private val grant = Mux(later.orR, PriorityEncoderOH(later), PriorityEncoderOH(asks))
  when(asks.orR) { behind := VecInit.tabulate(count)(i => (0 until i).map(grant(_)).foldLeft(false.B)(_ || _)).asUInt }
  for ((port, i) <- (io.reads.map(_.ready) ++ io.writes.map(_.ready)).zipWithIndex) port := grant(i)

  private val granted = RegInit(0.U(count.W))
  granted := grant
  private val addresses = (io.reads.map(_.bits) ++ io.writes.map(_.bits.address)).map(RegNext(_))
  private val contents = io.writes.map(w => RegNext(w.bits.row))
  private val address = RegNext(Mux1H(granted, addresses))
  private val content = RegNext(Mux1H(granted(count - 1, readers), contents))
  private val enable = RegNext(granted.orR, false.B)
  private val write = RegNext(granted(count - 1, readers).orR, false.B)
  io.busy := enable

  private def bank(at: UInt): UInt = if (banks == 1) 0.U else at >> bankBits
  private def within(at: UInt): UInt = at(addressBits.min(bankBits) - 1, 0)
  private val (rowsA, rowsB) = Seq.tabulate(banks) { b =>
    val memory = SyncReadMem(rows.min(BankedMemory.bankRows), p.row)
    val readA = memory.read(within(io.a.bits), io.a.valid && bank(io.a.bits) === b.U)
    val portB = memory.readWrite(within(address), content, enable && bank(address) === b.U, write)
    (RegNext(RegNext(readA)), RegNext(RegNext(portB)))
  }.unzip
  private def choose(rows: Seq[Vec[UInt]], at: UInt): Vec[UInt] =
    RegNext(if (banks == 1) rows.head else VecInit(rows)(Seq.iterate(bank(at), 4)(RegNext(_)).last))
  io.rowA := choose(rowsA, io.a.bits)
  private val rowB = choose(rowsB, address)
  private val arrived = VecInit(granted(readers - 1, 0).asBools.map(Delay.flag(_, Scratchpad.latencyB - 1)))
  for ((row, i) <- io.rows.zipWithIndex) {
    row.valid := arrived(i)
    row.bits := rowB
  }
}
