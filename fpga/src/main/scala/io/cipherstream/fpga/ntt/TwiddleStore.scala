package io.cipherstream.fpga.ntt

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.CoreParameters

/** Root tables on chip, one slot a modulus: entry k of a table is psi^bitrev(k) R mod q, N entries, loaded on
  * demand. Both directions use the same table.
  */
class TwiddleStore(p: CoreParameters) extends Module {
  private val rows = p.groupsMax
  private val slotBits = log2Ceil(p.twiddleSlots)
  private val modulusBits = log2Ceil(p.moduli).max(1)

  val io = IO(new Bundle {

    /** Forgets all tables; only while nothing uses them. */
    val clear = Input(Bool())
    val degreeBits = Input(UInt(p.degreeBitsWidth.W))

    /** Looks for a modulus, combinationally. */
    val wanted = Input(UInt(modulusBits.W))
    val found = Output(Bool())
    val foundSlot = Output(UInt(slotBits.W))

    /** Starts to load the wanted table into a slot that is not in use. */
    val load = Input(Bool())
    val canLoad = Output(Bool())
    val loadSlot = Output(UInt(slotBits.W))
    val inUse = Input(Vec(p.twiddleSlots, Bool()))

    /** Which slots hold a whole table. */
    val ready = Output(Vec(p.twiddleSlots, Bool()))

    val request = Decoupled(UInt(modulusBits.W))
    val table = Flipped(Decoupled(Vec(p.lanes, UInt(p.wordBits.W))))

    val readEnable = Input(Bool())
    val readSlot = Input(UInt(slotBits.W))
    val readRow = Input(UInt(log2Ceil(rows).W))
    val read = Output(Vec(p.lanes, UInt(p.wordBits.W)))
  })

  private val tags = Reg(Vec(p.twiddleSlots, UInt(modulusBits.W)))
  private val valid = RegInit(VecInit.fill(p.twiddleSlots)(false.B))
  private val whole = RegInit(VecInit.fill(p.twiddleSlots)(false.B))
  private val victim = RegInit(0.U(slotBits.W))
  private val loading = RegInit(false.B)
  private val requested = RegInit(false.B)
  private val filled = Reg(UInt(log2Ceil(rows + 1).W))
  private val slot = Reg(UInt(slotBits.W))

  private val hits = VecInit(tags.zip(valid).map { case (tag, v) => v && tag === io.wanted })
  io.found := hits.asUInt.orR
  io.foundSlot := OHToUInt(hits)
  io.canLoad := !loading && !io.inUse(victim)
  io.loadSlot := victim
  io.ready := whole

  private def next(s: UInt): UInt = Mux(s === (p.twiddleSlots - 1).U, 0.U, s + 1.U)
  when(!loading && io.inUse(victim)) { victim := next(victim) }
  when(io.load) {
    assert(io.canLoad, "a table is loaded into a slot in use")
    tags(victim) := io.wanted
    valid(victim) := true.B
    whole(victim) := false.B
    slot := victim
    victim := next(victim)
    loading := true.B
    requested := false.B
    filled := 0.U
  }

  io.request.valid := loading && !requested
  io.request.bits := tags(slot)
  when(io.request.fire) { requested := true.B }
  io.table.ready := loading
  private val banks = Seq.fill(p.lanes)(SyncReadMem(p.twiddleSlots * rows, UInt(p.wordBits.W)))
  private def address(s: UInt, row: UInt) = Cat(s, row)
  when(io.table.fire) {
    banks.zip(io.table.bits).foreach { case (bank, word) =>
      bank.write(address(slot, filled(log2Ceil(rows) - 1, 0)), word)
    }
    filled := filled + 1.U
    when(filled === ((1.U << io.degreeBits) >> p.laneBits) - 1.U) {
      whole(slot) := true.B
      loading := false.B
    }
  }
  io.read := VecInit(banks.map(_.read(address(io.readSlot, io.readRow), io.readEnable)))

  when(io.clear) {
    assert(!loading, "tables are cleared while one is loading")
    valid.foreach(_ := false.B)
    whole.foreach(_ := false.B)
  }
}
