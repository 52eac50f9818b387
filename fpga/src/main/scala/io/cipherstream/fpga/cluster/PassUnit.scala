package io.cipherstream.fpga.cluster

import io.cipherstream.fpga.CoreSet
import chisel3._
import chisel3.util._
import io.cipherstream.fpga.arith.Delay
import io.cipherstream.fpga.ntt.{NttCommand, NttUnit}

/** What a unit asks of the scoreboard before it begins; the answers come two cycles later. */
class SlotQuery(p: ClusterParameters) extends Bundle {

  /** Slots that are to be read. */
  val slots = Output(Vec(2, UInt(p.slotBits.W)))

  /** Whether a write to them was pending two cycles ago. */
  val pending = Input(Vec(2, Bool()))

  /** A slot of the other cluster, and whether that cluster expected it two cycles ago. */
  val remote = Output(UInt(p.slotBits.W))
  val expected = Input(Bool())
}

/** Readers of slots: their requests, their rows, and the slots that they leave. */
class UnitPorts(p: ClusterParameters, readers: Int) extends Bundle {
  val reads = Vec(readers, Decoupled(UInt((p.slotBits + p.rowBits).W)))
  val rows = Input(Vec(readers, Valid(p.row)))
  val left = Vec(readers, Valid(UInt(p.slotBits.W)))
}

/** XFM or MAP: load stream, PRE, the transform or nothing, POST, store stream. Operations stay in order; the load stream of one
  * runs while others transform and store.
  *
  * @param transforms whether there is a transform; else a may come from memory
  */
class PassUnit(p: ClusterParameters, transforms: Boolean) extends Module {
  val io = IO(new Bundle {
    val degreeBits = Input(UInt(p.core.degreeBitsWidth.W))
    val op = Flipped(Decoupled(new Operation(p)))
    val loadQuery = new SlotQuery(p)
    val storeQuery = new SlotQuery(p)

    /** Readers of a, x and y. */
    val ports = new UnitPorts(p, 3)
    val write = Decoupled(new RowWrite(p))
    val link = Decoupled(new LinkRow(p))
    val done = Valid(new SlotRef(p))

    /** Pulses when the last word from memory has been taken, with the operation's tag. */
    val tagDone = Valid(UInt(log2Ceil(CoreSet.tags).W))
    val zeros = Output(UInt(log2Ceil(p.streamWords + 1).W))

    /** MAP: a from memory, in the order of the operations. */
    val memory = Flipped(Decoupled(p.block))

    /** XFM: as NttUnit has them. */
    val clearTables = Input(Bool())
    val tableRequest = Decoupled(UInt(log2Ceil(p.core.moduli).max(1).W))
    val table = Flipped(Decoupled(Vec(p.core.lanes, p.word)))
    val rowIssued = Output(Bool())
  })
  private val blockMask =
    Delay.step(((1.U << (io.degreeBits - p.streamBits.U)) - 1.U)(p.blockBits - 1, 0), p.blockBits)
  private val op = Queue(io.op, CoreQueue.depth)
  private val readers = Seq.fill(3)(Module(new SlotReader(p)))
  for ((reader, i) <- readers.zipWithIndex) {
    reader.io.degreeBits := io.degreeBits
    io.ports.reads(i) <> reader.io.request
    reader.io.row := io.ports.rows(i)
    io.ports.left(i) := reader.io.left
  }
  private val Seq(readerA, readerX, readerY) = readers

  // Load stream.
  private val inside = Module(new Queue(new Operation(p), 4))
  private val current = Reg(new Operation(p))
  private val idle :: checking :: starting :: running :: Nil = Enum(4)
  private val state = RegInit(idle)
  private val count = RegInit(0.U(p.blockBits.W))
  private val settle = RegInit(0.U(2.W))
  private val readyA = !current.a.used || (current.d.used && current.d.slot === current.a.slot) || !io.loadQuery.pending(0)
  io.loadQuery.slots(0) := current.a.slot
  io.loadQuery.slots(1) := 0.U
  io.loadQuery.remote := 0.U
  op.ready := state === idle && inside.io.enq.ready
  inside.io.enq.valid := op.fire
  inside.io.enq.bits := op.bits
  when(op.fire) {
    current := op.bits
    state := checking
    settle := 3.U
  }
  when(state === checking) {
    when(settle =/= 0.U) { settle := settle - 1.U }
      .elsewhen(readyA) { state := starting }
  }
  private val commandReady = Wire(Bool())
  private val starts = state === starting && commandReady && (!current.a.used || readerA.io.start.ready)
  readerA.io.start.valid := starts && current.a.used
  readerA.io.start.bits := current.a.slot
  when(starts) {
    state := running
    count := 0.U
  }
  private val fromMemory = current.has("MEMORY_A")
  private val pre = Module(new PreLanes(p))
  private val source = pre.io.in
  source.valid := state === running && Mux(current.a.used, readerA.io.out.valid, !fromMemory || io.memory.valid)
  readerA.io.out.ready := state === running && current.a.used && source.ready
  io.memory.ready := state === running && fromMemory && source.ready
  private val zeroBlock = VecInit.fill(p.streamWords)(0.U(p.wordBits.W))
  source.bits.words := Mux(current.a.used, readerA.io.out.bits, Mux(fromMemory, io.memory.bits, zeroBlock))
  source.bits.modulus := current.modulus
  source.bits.one := current.one
  source.bits.reduce := current.has("REDUCE")
  source.bits.adds := current.has("PRE_ADD")
  source.bits.constant := current.preConstant
  private val loaded = source.fire && count === blockMask
  when(source.fire) { count := count + 1.U }
  when(loaded) { state := idle }
  io.tagDone.valid := RegNext(loaded, false.B)
  io.tagDone.bits := RegNext(current.tag)

  // The transform.
  private val middle = Wire(Decoupled(p.block))
  if (transforms) {
    val ntt = Module(new NttUnit(p.core))
    val widen = Module(new Widen(p.wordBits, p.streamWords, p.core.lanes))
    val narrow = Module(new Narrow(p.wordBits, p.core.lanes, p.streamWords))
    val commands = Module(new Queue(new NttCommand(p.core), 2))
    commandReady := commands.io.enq.ready
    commands.io.enq.valid := starts
    commands.io.enq.bits.inverse := current.has("INVERSE")
    commands.io.enq.bits.modulusIndex := current.modulusIndex
    commands.io.enq.bits.modulus := current.modulus
    ntt.io.command <> commands.io.deq
    ntt.io.degreeBits := io.degreeBits
    ntt.io.clearTables := io.clearTables
    widen.io.in <> pre.io.out
    ntt.io.load <> widen.io.out
    narrow.io.in <> ntt.io.store
    middle <> narrow.io.out
    io.tableRequest <> ntt.io.tableRequest
    ntt.io.table <> io.table
    io.rowIssued := ntt.io.rowIssued
  } else {
    commandReady := true.B
    middle <> pre.io.out
    io.tableRequest.valid := false.B
    io.tableRequest.bits := 0.U
    io.table.ready := false.B
    io.rowIssued := false.B
  }

  // Store stream.
  private val leaving = Reg(new Operation(p))
  private val storeState = RegInit(idle)
  private val storeSettle = RegInit(0.U(2.W))
  private val storeCount = RegInit(0.U(p.blockBits.W))
  private val writer = Module(new SlotWriter(p, p.streamWords))
  writer.io.degreeBits := io.degreeBits
  private def own(s: SlotRef) = !s.used || (leaving.d.used && leaving.d.slot === s.slot)
  private val readyXY = (own(leaving.x) || !io.storeQuery.pending(0)) && (own(leaving.y) || !io.storeQuery.pending(1))
  private val readyRemote = !leaving.remote.used || io.storeQuery.expected
  io.storeQuery.slots(0) := leaving.x.slot
  io.storeQuery.slots(1) := leaving.y.slot
  io.storeQuery.remote := leaving.remote.slot
  inside.io.deq.ready := storeState === idle
  when(inside.io.deq.fire) {
    leaving := inside.io.deq.bits
    storeState := checking
    storeSettle := 3.U
  }
  when(storeState === checking) {
    when(storeSettle =/= 0.U) { storeSettle := storeSettle - 1.U }
      .elsewhen(readyXY && readyRemote) { storeState := starting }
  }
  private val storeStarts = storeState === starting && writer.io.start.ready &&
    (!leaving.x.used || readerX.io.start.ready) && (!leaving.y.used || readerY.io.start.ready)
  for ((reader, slot) <- Seq(readerX -> leaving.x, readerY -> leaving.y)) {
    reader.io.start.valid := storeStarts && slot.used
    reader.io.start.bits := slot.slot
  }
  writer.io.start.valid := storeStarts
  writer.io.start.bits.of(leaving)
  when(storeStarts) {
    storeState := running
    storeCount := 0.U
  }
  private val post = Module(new PostLanes(p))
  private val sink = post.io.in
  private val operands = (!leaving.x.used || readerX.io.out.valid) && (!leaving.y.used || readerY.io.out.valid)
  sink.valid := storeState === running && middle.valid && operands
  middle.ready := sink.fire
  readerX.io.out.ready := sink.fire && leaving.x.used
  readerY.io.out.ready := sink.fire && leaving.y.used
  sink.bits.words := middle.bits
  sink.bits.x := Mux(leaving.x.used, readerX.io.out.bits, zeroBlock)
  sink.bits.y := readerY.io.out.bits
  sink.bits.modulus := leaving.modulus
  sink.bits.scale := leaving.scale
  sink.bits.constant := leaving.constant
  sink.bits.subtracts := leaving.has("SUBTRACT")
  sink.bits.scales := leaving.has("SCALE")
  sink.bits.addsY := leaving.has("ADD")
  sink.bits.addsConstant := leaving.has("ADD_CONSTANT")
  sink.bits.counts := leaving.has("COUNT_ZEROS")
  when(sink.fire) {
    storeCount := storeCount + 1.U
    when(storeCount === blockMask) { storeState := idle }
  }
  writer.io.in <> post.io.out
  io.write <> writer.io.request
  io.link <> writer.io.link
  io.done := writer.io.done
  io.zeros := post.io.zeros
}

object CoreQueue {

  /** Operations that wait for a unit. */
  val depth = 8
}
