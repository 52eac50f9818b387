package io.cipherstream.fpga.ntt

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.CoreParameters
import io.cipherstream.fpga.arith.Delay

/** A transform: words come on `load`, results leave on `store`, in the order of the commands. */
class NttCommand(p: CoreParameters) extends Bundle {
  val inverse = Bool()
  val modulusIndex = UInt(log2Ceil(p.moduli).max(1).W)
  val modulus = UInt(p.wordBits.W)
}

object NttUnit {

  /** Cycles from a row's issue to the first cycle at which its results can be read by another row. */
  def rowLatency(p: CoreParameters): Int = Butterflies.latency(p) + 4

  /** Cycles of a batch of limbs of one modulus, first load to last store, the ports never waiting. */
  def batchCycles(p: CoreParameters, degreeBits: Int, limbs: Int): Int = {
    val transfer = (1 << degreeBits) / p.lanes
    val each = math.max(NttSequencer.limbCycles(p, degreeBits), transfer * 2 / (p.limbBuffers - 1))
    transfer + limbs * each + rowLatency(p) + transfer
  }
}

/** Forward and inverse negacyclic transforms in SEAL's order with P butterflies.
  *
  * A ring of limb buffers: one loads, one computes, one stores, so ports and butterflies work at the same
  * time. Rows of butterflies are issued without a gap, from stage to stage and from limb to limb.
  */
class NttUnit(p: CoreParameters) extends Module {
  private def words = Vec(p.lanes, UInt(p.wordBits.W))
  private val bufferBits = log2Ceil(p.limbBuffers)
  private val slotBits = log2Ceil(p.twiddleSlots)
  private val groupBits = log2Ceil(p.groupsMax)

  val io = IO(new Bundle {
    val degreeBits = Input(UInt(p.degreeBitsWidth.W))
    val clearTables = Input(Bool())
    val command = Flipped(Decoupled(new NttCommand(p)))
    val load = Flipped(Decoupled(words))
    val store = Decoupled(words)

    /** Asks for the table of a modulus, which then comes on `table`. */
    val tableRequest = Decoupled(UInt(log2Ceil(p.moduli).max(1).W))
    val table = Flipped(Decoupled(words))

    /** Whether a row of butterflies is issued in this cycle. */
    val rowIssued = Output(Bool())
    val idle = Output(Bool())
  })

  private val groups = ((1.U << io.degreeBits) >> p.laneBits)(groupBits, 0)
  private def nextBuffer(b: UInt) = Mux(b === (p.limbBuffers - 1).U, 0.U, b + 1.U)(bufferBits - 1, 0)

  private val buffers = Seq.fill(p.limbBuffers)(Module(new LimbBuffer(p)))
  private val twiddles = Module(new TwiddleStore(p))
  private val empty :: filling :: loaded :: computing :: computed :: Nil = Enum(5)
  private val state = RegInit(VecInit.fill(p.limbBuffers)(empty))
  private val command = Reg(Vec(p.limbBuffers, new NttCommand(p)))
  private val slot = Reg(Vec(p.limbBuffers, UInt(slotBits.W)))

  // Load: takes a command when its buffer is empty and its table here or on its way.
  private val loader = RegInit(0.U(bufferBits.W))
  private val loadGroup = RegInit(0.U(groupBits.W))
  private val loadFilling = state(loader) === filling
  twiddles.io.clear := io.clearTables
  twiddles.io.degreeBits := io.degreeBits
  twiddles.io.wanted := io.command.bits.modulusIndex
  for (s <- 0 until p.twiddleSlots) {
    twiddles.io.inUse(s) := (0 until p.limbBuffers)
      .map(b => state(b) =/= empty && state(b) =/= computed && slot(b) === s.U)
      .reduce(_ || _)
  }
  io.command.ready := state(loader) === empty && (twiddles.io.found || twiddles.io.canLoad)
  twiddles.io.load := io.command.fire && !twiddles.io.found
  when(io.command.fire) {
    state(loader) := filling
    command(loader) := io.command.bits
    slot(loader) := Mux(twiddles.io.found, twiddles.io.foundSlot, twiddles.io.loadSlot)
  }
  io.tableRequest <> twiddles.io.request
  twiddles.io.table <> io.table
  io.load.ready := loadFilling
  when(io.load.fire) {
    loadGroup := loadGroup + 1.U
    when(loadGroup === groups - 1.U) {
      loadGroup := 0.U
      state(loader) := loaded
      loader := nextBuffer(loader)
    }
  }

  // Compute: rows of the oldest loaded limb, then of the next.
  private val computer = RegInit(0.U(bufferBits.W))
  private val sequencer = Module(new NttSequencer(p))
  private val mayStart = state(computer) === loaded && twiddles.io.ready(slot(computer))
  sequencer.io.limb.valid := mayStart || state(computer) === computing
  sequencer.io.limb.bits.inverse := command(computer).inverse
  sequencer.io.limb.bits.degreeBits := io.degreeBits
  when(mayStart) { state(computer) := computing }
  io.rowIssued := sequencer.io.row.valid

  // Cycle 1: addresses. Cycle 2: words and roots leave the memories. Cycle 3: butterflies.
  private val rowValid = RegNext(sequencer.io.row.valid, false.B)
  private val row = RegNext(sequencer.io.row.bits)
  private val rowBuffer = Delay.step(computer, bufferBits)
  private val rowSlot = RegNext(slot(computer))
  private val rowModulus = RegNext(command(computer).modulus)
  private val rowInverse = RegNext(command(computer).inverse)
  when(sequencer.io.limb.fire) { computer := nextBuffer(computer) }

  twiddles.io.readEnable := rowValid
  twiddles.io.readSlot := rowSlot
  twiddles.io.readRow := row.twiddleRow

  private val read = RegNext(row)
  private val readBuffer = RegNext(rowBuffer)
  private val fetched = VecInit(buffers.map(_.io.read))(readBuffer)
  private val (x, y) = Exchange(
    p,
    Mux(read.swapped, fetched(1), fetched(0)),
    Mux(read.swapped, fetched(0), fetched(1)),
    read.select
  )
  private val butterflies = Module(new Butterflies(p))
  butterflies.io.x := RegNext(x)
  butterflies.io.y := RegNext(y)
  butterflies.io.twiddle := RegNext(
    VecInit.tabulate(p.lanes)(j => if (p.laneBits == 0) twiddles.io.read(0) else twiddles.io.read(read.twiddleLane(j)))
  )
  butterflies.io.modulus := RegNext(RegNext(rowModulus))
  butterflies.io.inverse := RegNext(RegNext(rowInverse))

  // Results go back to where their operands came from.
  private val resultLatency = 2 + Butterflies.latency(p)
  private val resultValid = Delay.flag(rowValid, resultLatency)
  private val place = Delay(Seq(row.rows.asUInt, row.swapped.asUInt, row.select, rowBuffer), resultLatency)
  private val (upper, lower) = Exchange(p, butterflies.io.upper, butterflies.io.lower, place(2))
  private val writeValid = RegNext(resultValid, false.B)
  private val writeRows = RegNext(place(0).asTypeOf(row.rows))
  private val writeSwapped = RegNext(place(1).asBool)
  private val writeBuffer = RegNext(place(3))
  private val writeUpper = RegNext(upper)
  private val writeLower = RegNext(lower)
  private val limbDone = Delay.flag(sequencer.io.last, resultLatency + 2)
  when(limbDone) { state(writeBuffer) := computed }

  // Store: groups in order through a short queue that takes up the memory's latency.
  private val storer = RegInit(0.U(bufferBits.W))
  private val storeGroup = RegInit(0.U(groupBits.W))
  private val outgoing = Module(new Queue(words, 4))
  private val onTheWay = RegInit(0.U(3.W))
  private val storeRead = state(storer) === computed && onTheWay < 4.U
  private val storeValid = RegNext(storeRead, false.B)
  private val storeBuffer = RegNext(storer)
  private val storeSet = RegNext(LimbBuffer.set(storeGroup))
  onTheWay := onTheWay + storeRead.asUInt - io.store.fire.asUInt
  outgoing.io.enq.valid := storeValid
  outgoing.io.enq.bits := VecInit(buffers.map(_.io.read))(storeBuffer)(storeSet.asUInt)
  assert(!storeValid || outgoing.io.enq.ready, "a group to store is lost")
  io.store <> outgoing.io.deq
  when(storeRead) {
    storeGroup := storeGroup + 1.U
    when(storeGroup === groups - 1.U) {
      storeGroup := 0.U
      state(storer) := empty
      storer := nextBuffer(storer)
    }
  }

  for (b <- 0 until p.limbBuffers) {
    val buffer = buffers(b)
    val rowHere = rowValid && rowBuffer === b.U
    val storeHere = storeRead && storer === b.U
    buffer.io.readEnable := rowHere || storeHere
    buffer.io.readRow := Mux(rowHere, row.rows, VecInit.fill(2)(LimbBuffer.row(storeGroup)))
    assert(!(rowHere && storeHere), "a limb is stored while it is computed")

    val resultHere = writeValid && writeBuffer === b.U
    val loadHere = io.load.fire && loader === b.U
    for (set <- 0 until 2) {
      val loadSet = LimbBuffer.set(loadGroup) === (set == 1).B
      buffer.io.writeEnable(set) := resultHere || (loadHere && loadSet)
      buffer.io.writeRow(set) := Mux(resultHere, writeRows(set), LimbBuffer.row(loadGroup))
      val result = if (set == 0) Mux(writeSwapped, writeLower, writeUpper) else Mux(writeSwapped, writeUpper, writeLower)
      buffer.io.write(set) := Mux(resultHere, result, io.load.bits)
    }
    assert(!(resultHere && loadHere), "a limb is loaded while it is computed")
  }

  io.idle := state.map(_ === empty).reduce(_ && _) && onTheWay === 0.U
}
