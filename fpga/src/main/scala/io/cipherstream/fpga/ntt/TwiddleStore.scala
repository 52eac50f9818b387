package io.cipherstream.fpga.ntt

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.CoreParameters
import io.cipherstream.fpga.arith.Delay

/** Root tables on chip: entry k of a table is psi^bitrev(k) R mod q, N entries, loaded on demand. Both directions use the
  * same table.
  *
  * The memory holds `twiddleSlots` tables of the largest degree; of a smaller one it holds as many more as fit, one a modulus
  * at most. It is made of banks that one block of memory each can hold, and every word passes registers before it is used, so that
  * no path leads through a cascade of blocks.
  */
class TwiddleStore(p: CoreParameters) extends Module {
  private val slotBits = TwiddleStore.slotBits(p)
  private val slots = TwiddleStore.slots(p, p.degreeBitsMin)
  private val modulusBits = log2Ceil(p.moduli).max(1)
  private val rowBits = log2Ceil(p.groupsMax)
  private val addressBits = log2Ceil(TwiddleStore.rows(p))

  val io = IO(new Bundle {

    /** Forgets all tables; only while nothing uses them. */
    val clear = Input(Bool())

    /** Constant while tables are inside. */
    val degreeBits = Input(UInt(p.degreeBitsWidth.W))

    /** Looks for a modulus; the answers come a cycle later and stay right until a table is loaded. */
    val wanted = Input(UInt(modulusBits.W))
    val found = Output(Bool())
    val foundSlot = Output(UInt(slotBits.W))

    /** Starts to load the modulus that was wanted a cycle ago into a slot that is not in use. What `inUse` says is two cycles
      * old when `canLoad` follows it.
      */
    val load = Input(Bool())
    val canLoad = Output(Bool())
    val loadSlot = Output(UInt(slotBits.W))
    val inUse = Input(Vec(slots, Bool()))

    /** Which slots hold a whole table. */
    val ready = Output(Vec(slots, Bool()))

    val request = Decoupled(UInt(modulusBits.W))
    val table = Flipped(Decoupled(Vec(p.lanes, UInt(p.wordBits.W))))

    /** The slot a cycle before the row; the words [[TwiddleStore.latency]] cycles behind the row. */
    val readSlot = Input(UInt(slotBits.W))
    val readRow = Input(UInt(rowBits.W))
    val read = Output(Vec(p.lanes, UInt(p.wordBits.W)))
  })

  private val tags = Reg(Vec(slots, UInt(modulusBits.W)))
  private val valid = RegInit(VecInit.fill(slots)(false.B))
  private val whole = RegInit(VecInit.fill(slots)(false.B))
  private val victim = RegInit(0.U(slotBits.W))
  private val loading = RegInit(false.B)
  private val requested = RegInit(false.B)
  private val filled = Reg(UInt(rowBits.W))
  private val slot = Reg(UInt(slotBits.W))
  private val modulus = Reg(UInt(modulusBits.W))

  private val wanted = RegNext(io.wanted)
  private val hits = VecInit(tags.zip(valid).map { case (tag, v) => v && tag === io.wanted })
  private val hit = RegNext(hits)
  io.found := hit.asUInt.orR
  io.foundSlot := OHToUInt(hit)

  // The slot that is replaced next: the first in turn that is not in use. What is known of it belongs to a victim that stays.
  private val moved = Wire(Bool())
  private val busy = RegNext(io.inUse(victim), true.B)
  private val known = RegNext(!moved, false.B)
  io.canLoad := !loading && known && !busy
  io.loadSlot := victim
  io.ready := whole

  private val lastSlot = RegNext(
    VecInit.tabulate(p.degreeBitsMax + 1)(n => (TwiddleStore.slots(p, n.max(p.degreeBitsMin)) - 1).U(slotBits.W))(io.degreeBits)
  )
  private val next = Mux(victim === lastSlot, 0.U, victim + 1.U)
  moved := io.load || (!loading && known && busy) || io.clear
  when(moved) { victim := Mux(io.clear, 0.U, next) }
  when(io.load) {
    assert(io.canLoad, "a table is loaded into a slot in use")
    tags(victim) := wanted
    valid(victim) := true.B
    whole(victim) := false.B
    slot := victim
    modulus := wanted
    loading := true.B
    requested := false.B
    filled := 0.U
  }

  io.request.valid := loading && !requested
  io.request.bits := modulus
  when(io.request.fire) { requested := true.B }
  io.table.ready := loading

  // A table begins at a multiple of its own rows.
  private def base(s: UInt): UInt = Delay.step(
    VecInit.tabulate(p.degreeBitsMax + 1)(n => (s << (n.max(p.degreeBitsMin) - p.laneBits)).pad(addressBits)(addressBits - 1, 0))(
      io.degreeBits
    ),
    addressBits
  )
  private val (slotBase, readBase) = (base(slot), base(io.readSlot))
  private val lastRow = Delay.step((((1.U << io.degreeBits) >> p.laneBits)(rowBits, 0) - 1.U)(rowBits - 1, 0), rowBits)
  private val store = Module(new BankedMemory(TwiddleStore.rows(p), Vec(p.lanes, UInt(p.wordBits.W))))
  store.io.writeEnable := RegNext(io.table.fire, false.B)
  store.io.writeAt := Delay.step(filled, rowBits) | slotBase
  store.io.write := RegNext(io.table.bits)
  store.io.readAt := readBase | io.readRow
  io.read := store.io.read
  when(io.table.fire) {
    filled := filled + 1.U
    when(filled === lastRow) {
      whole(slot) := true.B
      loading := false.B
    }
  }

  when(io.clear) {
    assert(!loading, "tables are cleared while one is loading")
    valid.foreach(_ := false.B)
    whole.foreach(_ := false.B)
  }
}

object TwiddleStore {

  /** Rows of P words that the memory has. */
  def rows(p: CoreParameters): Int = p.twiddleSlots * p.groupsMax

  /** Tables of that degree that it holds. */
  def slots(p: CoreParameters, degreeBits: Int): Int = math.min(p.moduli, p.twiddleSlots << (p.degreeBitsMax - degreeBits))

  /** Bits of a slot's number. */
  def slotBits(p: CoreParameters): Int = log2Ceil(slots(p, p.degreeBitsMin)).max(1)

  /** Cycles from a row's number to its words. */
  val latency: Int = BankedMemory.latency
}
