package io.cipherstream.fpga.cluster

import io.cipherstream.fpga.CoreSet
import chisel3._
import chisel3.util._

/** The units of a cluster, in the order of the dispatcher's ports. */
object Units {
  val transform = 0
  val map = 1
  val dot = 2
  val load = 3
  val store = 4
  val count = 5
}

/** Dispatches operations in the order of the stream: when what they wait for has happened, their result's slot is free and their
  * unit has room.
  */
class Dispatcher(p: ClusterParameters) extends Module {
  private def slot = Valid(UInt(p.slotBits.W))
  private val tagBits = log2Ceil(CoreSet.tags)
  val io = IO(new Bundle {
    val op = Flipped(Decoupled(new Operation(p)))
    val units = Vec(Units.count, Decoupled(new Operation(p)))
    val port = new TermPort(p)

    /** As Scoreboard has them. */
    val writes = slot
    val receives = Output(Bool())
    val reads = slot
    val sends = slot
    val d = Output(UInt(p.slotBits.W))
    val free = Input(Bool())
    val remote = Output(UInt(p.slotBits.W))
    val remoteFree = Input(Bool())

    /** Operations that units have finished, and tags that they have let go. */
    val done = Input(Vec(Units.count, Bool()))
    val tagDone = Input(Vec(Units.count, Valid(UInt(tagBits.W))))

    /** Drops operations from now on. */
    val stop = Input(Bool())

    /** Pulses with END, when everything before it is done; counts operations that were dispatched. */
    val ended = Output(Bool())
    val dispatched = Output(UInt(32.W))

    /** Whether an operation is dispatched and not done. */
    val busy = Output(Bool())
    val clear = Input(Bool())
  })
  private val idle :: settling :: checking :: counting :: sending :: Nil = Enum(5)
  private val state = RegInit(idle)
  private val op = Reg(new Operation(p))
  private val settle = Reg(UInt(3.W))
  private val outstanding = RegInit(0.U(8.W))
  private val dispatched = RegInit(0.U(32.W))
  io.dispatched := dispatched
  io.busy := outstanding =/= 0.U || state =/= idle

  // Tags: how many operations hold each.
  private val holders = RegInit(VecInit.fill(CoreSet.tags)(0.U(6.W)))
  private val held = VecInit(holders.map(h => RegNext(h =/= 0.U, false.B))).asUInt
  private val sends = Wire(Bool())
  for (t <- 1 until CoreSet.tags) {
    val takes = sends && op.tag === t.U
    val lets = PopCount(io.tagDone.map(d => RegNext(d.valid && d.bits === t.U, false.B)))
    holders(t) := holders(t) + takes.asUInt - lets
  }
  outstanding := outstanding + sends.asUInt - PopCount(io.done)

  private val unit = Seq("XFM", "MAP", "DOT", "LOAD", "STORE").map(op.is)
  private val room = VecInit(unit.zip(io.units).map { case (u, port) => u && port.ready }).asUInt.orR
  private val isReceive = op.is("RECEIVE")
  private val isEnd = op.is("END")
  private val clearToGo =
    RegNext((op.waits & held) === 0.U, false.B) && (!op.d.used || io.free) && (!op.remote.used || io.remoteFree)
  io.d := op.d.slot
  io.remote := op.remote.slot
  io.op.ready := state === idle
  when(io.op.fire && !io.stop) {
    op := io.op.bits
    state := settling
    settle := Scoreboard.settles.U
  }
  when(state === settling) {
    settle := settle - 1.U
    when(settle === 0.U) { state := checking }
  }

  // Readers are counted one a cycle, those of a DOT term by term.
  private val operand = Reg(UInt(2.W))
  private val term = Reg(UInt(log2Ceil(CoreSet.termsMax).W))
  private val wait_ = Reg(UInt(2.W))
  private val second = Reg(Bool())
  io.port.at := op.first + term
  io.reads.valid := false.B
  io.reads.bits := 0.U
  io.ended := false.B
  when(state === checking) {
    operand := 0.U
    term := 0.U
    wait_ := 2.U
    second := false.B
    when(isEnd) {
      when(outstanding === 0.U) {
        io.ended := true.B
        state := idle
      }
    }.elsewhen(clearToGo && (isReceive || room)) { state := counting }
  }
  when(state === counting) {
    when(op.is("DOT")) {
      when(wait_ =/= 0.U) { wait_ := wait_ - 1.U }
        .otherwise {
          io.reads.valid := true.B
          io.reads.bits := Mux(second, io.port.term.b, io.port.term.a)
          second := !second && io.port.term.kind === DotTerm.slot.U
          when(second || io.port.term.kind =/= DotTerm.slot.U) {
            term := term + 1.U
            wait_ := 2.U
            when(term +& 1.U === op.terms) { state := sending }
          }
        }
    }.otherwise {
      val slots = VecInit(op.a, op.x, op.y)
      io.reads.valid := slots(operand).used && operand =/= 3.U
      io.reads.bits := slots(operand).slot
      operand := operand + 1.U
      when(operand === 2.U) { state := sending }
    }
  }
  // What is not yet counted is dropped.
  when(io.stop && (state === settling || state === checking)) { state := idle }
  sends := state === sending && !isReceive
  for ((u, port) <- unit.zip(io.units)) {
    port.valid := sends && u
    port.bits := op
  }
  io.writes.valid := state === sending && op.d.used
  io.writes.bits := op.d.slot
  io.receives := isReceive
  io.sends.valid := sends && op.remote.used
  io.sends.bits := op.remote.slot
  when(state === sending) {
    state := idle
    dispatched := dispatched + 1.U
  }
  when(io.clear) { dispatched := 0.U }
}
