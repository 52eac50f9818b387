package io.cipherstream.fpga.cluster

import io.cipherstream.fpga.CoreSet
import chisel3._
import chisel3.util._
import io.cipherstream.fpga.arith.Delay
import io.cipherstream.fpga.shell.{BeatsToLines, Lines}

/** LOAD: a limb from memory to slots, a line a cycle. What is read is asked for when the operation is dispatched. */
class LoadUnit(p: ClusterParameters) extends Module {
  val io = IO(new Bundle {
    val degreeBits = Input(UInt(p.core.degreeBitsWidth.W))
    val op = Flipped(Decoupled(new Operation(p)))
    val query = new SlotQuery(p)
    val memory = Flipped(Decoupled(Vec(p.loadWords, p.word)))
    val write = Decoupled(new RowWrite(p))
    val link = Decoupled(new LinkRow(p))
    val done = Valid(new SlotRef(p))
    val tagDone = Valid(UInt(log2Ceil(CoreSet.tags).W))
  })
  private val blockMask = Delay.step(((1.U << (io.degreeBits - log2Ceil(p.loadWords).U)) - 1.U)(p.blockBits - 1, 0), p.blockBits)
  private val op = Queue(io.op, CoreQueue.depth)
  private val current = Reg(new Operation(p))
  private val idle :: checking :: starting :: running :: Nil = Enum(4)
  private val state = RegInit(idle)
  private val settle = RegInit(0.U(2.W))
  private val count = RegInit(0.U(p.blockBits.W))
  private val writer = Module(new SlotWriter(p, p.loadWords))
  writer.io.degreeBits := io.degreeBits
  io.query.slots.foreach(_ := 0.U)
  io.query.remote := current.remote.slot
  op.ready := state === idle
  when(op.fire) {
    current := op.bits
    state := checking
    settle := 3.U
  }
  when(state === checking) {
    when(settle =/= 0.U) { settle := settle - 1.U }
      .elsewhen(!current.remote.used || io.query.expected) { state := starting }
  }
  writer.io.start.valid := state === starting
  writer.io.start.bits.of(current)
  when(writer.io.start.fire) {
    state := running
    count := 0.U
  }
  writer.io.in.valid := state === running && io.memory.valid
  writer.io.in.bits := io.memory.bits
  io.memory.ready := state === running && writer.io.in.ready
  private val last = writer.io.in.fire && count === blockMask
  when(writer.io.in.fire) { count := count + 1.U }
  when(last) { state := idle }
  io.tagDone.valid := RegNext(last, false.B)
  io.tagDone.bits := RegNext(current.tag)
  io.write <> writer.io.request
  io.link <> writer.io.link
  io.done := writer.io.done
}

/** STORE: a slot to memory. */
class StoreUnit(p: ClusterParameters) extends Module {
  val io = IO(new Bundle {
    val degreeBits = Input(UInt(p.core.degreeBitsWidth.W))
    val op = Flipped(Decoupled(new Operation(p)))
    val query = new SlotQuery(p)
    val ports = new UnitPorts(p, 1)

    /** To the writer of lines, and its answer. */
    val command = Decoupled(new Lines)
    val lines = Decoupled(UInt(512.W))
    val written = Input(Bool())

    /** Pulses when the memory has answered. */
    val done = Output(Bool())
    val tagDone = Valid(UInt(log2Ceil(CoreSet.tags).W))
  })
  private val op = Queue(io.op, CoreQueue.depth)
  private val current = Reg(new Operation(p))
  private val idle :: checking :: starting :: Nil = Enum(3)
  private val state = RegInit(idle)
  private val settle = RegInit(0.U(2.W))
  private val reader = Module(new SlotReader(p))
  private val tags = Module(new Queue(UInt(log2Ceil(CoreSet.tags).W), 16))
  reader.io.degreeBits := io.degreeBits
  io.ports.reads(0) <> reader.io.request
  reader.io.row := io.ports.rows(0)
  io.ports.left(0) := reader.io.left
  io.query.slots(0) := current.a.slot
  io.query.slots(1) := 0.U
  io.query.remote := 0.U
  op.ready := state === idle
  when(op.fire) {
    current := op.bits
    state := checking
    settle := 3.U
  }
  when(state === checking) {
    when(settle =/= 0.U) { settle := settle - 1.U }
      .elsewhen(!io.query.pending(0)) { state := starting }
  }
  private val starts = state === starting && reader.io.start.ready && io.command.ready && tags.io.enq.ready
  reader.io.start.valid := starts
  reader.io.start.bits := current.a.slot
  io.command.valid := starts
  io.command.bits.address := current.address
  io.command.bits.lines := current.lines
  tags.io.enq.valid := starts
  tags.io.enq.bits := current.tag
  when(starts) { state := idle }
  private val toLines = Module(new BeatsToLines(p.stream))
  toLines.io.in <> reader.io.out
  io.lines <> toLines.io.out
  tags.io.deq.ready := io.written
  io.done := io.written
  io.tagDone.valid := io.written
  io.tagDone.bits := tags.io.deq.bits
}
