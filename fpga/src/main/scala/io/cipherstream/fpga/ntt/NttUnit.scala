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

  /** Cycles from a row's addresses to its words at the butterflies: fetched, then buffer and set, then the exchange. */
  private val operandLatency = LimbBuffer.latency + 2

  /** Cycles from a row's issue to the first issue of a row that can read its results. */
  def rowLatency(p: CoreParameters): Int = operandLatency + Butterflies.latency(p) + 2

  /** Groups that are on the way from the buffers to the store port, or wait there. */
  private val storedAhead = 8

  /** Cycles of a batch of limbs of one modulus, first load to last store, the ports never waiting. */
  def batchCycles(p: CoreParameters, degreeBits: Int, limbs: Int): Int = {
    val transfer = (1 << degreeBits) / p.lanes
    val each = math.max(NttSequencer.limbCycles(p, degreeBits), transfer * 2 / (p.limbBuffers - 1))
    transfer + limbs * each + NttSequencer.steps + rowLatency(p) + transfer
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
  private val slotBits = TwiddleStore.slotBits(p)
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

  private val lastGroup = Delay.step((((1.U << io.degreeBits) >> p.laneBits)(groupBits, 0) - 1.U)(groupBits - 1, 0), groupBits)
  private def nextBuffer(b: UInt) = Mux(b === (p.limbBuffers - 1).U, 0.U, b + 1.U)(bufferBits - 1, 0)

  private val buffers = Seq.fill(p.limbBuffers)(Module(new LimbBuffer(p)))
  private val twiddles = Module(new TwiddleStore(p))
  private val empty :: filling :: loaded :: computing :: computed :: Nil = Enum(5)
  private val state = RegInit(VecInit.fill(p.limbBuffers)(empty))
  private val command = Reg(Vec(p.limbBuffers, new NttCommand(p)))
  private val slot = Reg(Vec(p.limbBuffers, UInt(slotBits.W)))

  // Load: a command is looked up, then taken when its buffer is empty and its table here or on its way.
  private val loader = RegInit(0.U(bufferBits.W))
  private val loadGroup = RegInit(0.U(groupBits.W))
  private val loadFilling = state(loader) === filling
  private val waiting = RegInit(false.B)
  private val lookedUp = RegInit(false.B)
  private val next = Reg(new NttCommand(p))
  io.command.ready := !waiting
  when(io.command.fire) {
    waiting := true.B
    lookedUp := false.B
    next := io.command.bits
  }
  twiddles.io.clear := io.clearTables
  twiddles.io.degreeBits := io.degreeBits
  twiddles.io.wanted := next.modulusIndex
  for ((inUse, s) <- twiddles.io.inUse.zipWithIndex) {
    inUse := (0 until p.limbBuffers)
      .map(b => RegNext(state(b) =/= empty && state(b) =/= computed && slot(b) === s.U, false.B))
      .reduce(_ || _)
  }
  private val takes = waiting && lookedUp && state(loader) === empty && (twiddles.io.found || twiddles.io.canLoad)
  // A slot that was taken is known to be in use two cycles later: no sooner is the next command looked up.
  when(waiting) { lookedUp := RegNext(waiting, false.B) }
  twiddles.io.load := takes && !twiddles.io.found
  when(takes) {
    waiting := false.B
    lookedUp := false.B
    state(loader) := filling
    command(loader) := next
    slot(loader) := Mux(twiddles.io.found, twiddles.io.foundSlot, twiddles.io.loadSlot)
  }
  io.tableRequest <> twiddles.io.request
  twiddles.io.table <> io.table
  io.load.ready := loadFilling
  when(io.load.fire) {
    loadGroup := loadGroup + 1.U
    when(loadGroup === lastGroup) {
      loadGroup := 0.U
      state(loader) := loaded
      loader := nextBuffer(loader)
    }
  }

  // Compute: rows of the oldest loaded limb, then of the next.
  private val computer = RegInit(0.U(bufferBits.W))
  private val sequencer = Module(new NttSequencer(p))
  private val able = VecInit.tabulate(p.limbBuffers)(b => RegNext(state(b) === loaded && twiddles.io.ready(slot(b)), false.B))
  private val mayStart = state(computer) === loaded && able(computer)
  sequencer.io.limb.valid := mayStart || state(computer) === computing
  sequencer.io.limb.bits.inverse := command(computer).inverse
  sequencer.io.limb.bits.degreeBits := io.degreeBits
  when(mayStart) { state(computer) := computing }
  io.rowIssued := sequencer.io.issued
  when(sequencer.io.limb.fire) { computer := nextBuffer(computer) }

  // A row stands here when the sequencer has worked it out; what belongs to its limb comes along.
  private val steps = NttSequencer.steps
  private val rowValid = sequencer.io.row.valid
  private val row = sequencer.io.row.bits
  private val rowBuffer = Delay(computer, steps)
  twiddles.io.readSlot := Delay(slot(computer), steps - 1)
  twiddles.io.readRow := row.twiddleRow

  // Words leave the buffers and are put in order: buffer and set, then the exchange.
  private val fetched = VecInit(buffers.map(_.io.read))
  private val here = fetched(Delay(rowBuffer, LimbBuffer.latency))
  private val swapped = Delay(row.swapped.asUInt, LimbBuffer.latency).asBool
  private val (x, y) = Exchange(
    p,
    RegNext(Mux(swapped, here(1), here(0))),
    RegNext(Mux(swapped, here(0), here(1))),
    Delay(row.select, NttUnit.operandLatency - 1)
  )
  private val lanesOfRoots = Seq.iterate(row.twiddleLane, NttUnit.operandLatency)(RegNext(_)).last
  private val butterflies = Module(new Butterflies(p))
  butterflies.io.x := RegNext(x)
  butterflies.io.y := RegNext(y)
  butterflies.io.twiddle := RegNext(
    VecInit.tabulate(p.lanes)(j => if (p.laneBits == 0) twiddles.io.read(0) else twiddles.io.read(lanesOfRoots(j)))
  )
  private val atButterflies = steps + NttUnit.operandLatency
  butterflies.io.modulus := Delay(command(computer).modulus, atButterflies)
  butterflies.io.inverse := Delay(command(computer).inverse.asUInt, atButterflies).asBool

  // Results go back to where their operands came from.
  private val resultLatency = NttUnit.operandLatency + Butterflies.latency(p)
  private val resultValid = Delay.flag(rowValid, resultLatency)
  private val place = Delay(Seq(row.rows.asUInt, row.swapped.asUInt, row.select, rowBuffer), resultLatency)
  private val (upper, lower) = Exchange(p, butterflies.io.upper, butterflies.io.lower, place(2))
  private val writeValid = RegNext(resultValid, false.B)
  private val writeRows = RegNext(place(0).asTypeOf(row.rows))
  private val writeSwapped = RegNext(place(1).asBool)
  private val writeBuffer = RegNext(place(3))
  private val writeUpper = RegNext(upper)
  private val writeLower = RegNext(lower)
  private val limbDone = Delay.flag(sequencer.io.last, steps + resultLatency + 1)
  when(limbDone) { state(writeBuffer) := computed }

  // Store: groups in order through a short queue that takes up the memory's latency.
  private val storer = RegInit(0.U(bufferBits.W))
  private val storeGroup = RegInit(0.U(groupBits.W))
  private val outgoing = Module(new Queue(words, NttUnit.storedAhead))
  private val onTheWay = RegInit(0.U(log2Ceil(NttUnit.storedAhead + 1).W))
  private val storeRead = state(storer) === computed && onTheWay =/= NttUnit.storedAhead.U
  private val storeValid = Delay.flag(storeRead, LimbBuffer.latency)
  private val storeBuffer = Delay(storer, LimbBuffer.latency)
  private val storeSet = Delay(LimbBuffer.set(storeGroup).asUInt, LimbBuffer.latency)
  onTheWay := onTheWay + storeRead.asUInt - RegNext(io.store.fire, false.B).asUInt
  outgoing.io.enq.valid := storeValid
  outgoing.io.enq.bits := fetched(storeBuffer)(storeSet)
  assert(!storeValid || outgoing.io.enq.ready, "a group to store is lost")
  io.store <> outgoing.io.deq
  when(storeRead) {
    storeGroup := storeGroup + 1.U
    when(storeGroup === lastGroup) {
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

  io.idle := state.map(_ === empty).reduce(_ && _) && onTheWay === 0.U && !waiting
}
