package io.cipherstream.fpga.shell

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.InstructionSet

/** Reads stretches of memory in order, with bursts that run ahead of what is taken, also into the next stretch.
  * A burst is asked for only when there is room for all of its beats, so the bus never waits for the core.
  *
  * @param wordBits bits that are kept of each 64-bit word of a line; the others leave as zeros
  */
class LineReader(id: Int, idBits: Int, burstBeats: Int, aheadBeats: Int, wordBits: Int) extends Module {
  require(burstBeats <= 64 && aheadBeats >= 2 * burstBeats, s"bursts of $burstBeats, $aheadBeats ahead")

  val io = IO(new Bundle {
    val command = Flipped(Decoupled(new Lines))
    val axi = new Axi4.Read(idBits)
    val out = Decoupled(new Line)

    /** Pulses with a beat that the memory answered with an error; its data goes on as it came. */
    val error = Output(Bool())
    val idle = Output(Bool())
  })

  private class Kept extends Bundle {
    val words = Vec(InstructionSet.lineWords, UInt(wordBits.W))
    val last = Bool()
  }
  private val commands = Queue(io.command, 4)
  private val active = RegInit(false.B)
  private val address = Reg(UInt(64.W))
  private val left = Reg(UInt(32.W))
  private val beats = Axi4.burst(address, left, burstBeats)

  // Room: beats asked for and not yet taken.
  private val held = RegInit(0.U(log2Ceil(aheadBeats + 1).W))
  private val hasRoom = held +& beats <= aheadBeats.U

  // Ends of stretches, by burst.
  private val ends = Module(new Queue(Bool(), aheadBeats))
  commands.ready := !active
  when(commands.fire) {
    active := true.B
    address := commands.bits.address
    left := commands.bits.lines
  }
  // Once asserted, AR stays: the room can only grow.
  io.axi.ar.valid := active && hasRoom && ends.io.enq.ready
  Axi4.connect(io.axi.ar.bits, id, address, beats)
  ends.io.enq.valid := io.axi.ar.fire
  ends.io.enq.bits := left === beats
  when(io.axi.ar.fire) {
    address := address + (beats << log2Ceil(Axi4.beatBytes))
    left := left - beats
    when(left === beats) { active := false.B }
  }

  private val data = Module(new Queue(new Kept, aheadBeats, useSyncReadMem = true))
  data.io.enq.valid := io.axi.r.valid
  data.io.enq.bits.words := io.axi.r.bits.data.asTypeOf(Vec(InstructionSet.lineWords, UInt(64.W))).map(_(wordBits - 1, 0))
  data.io.enq.bits.last := io.axi.r.bits.last && ends.io.deq.bits
  io.axi.r.ready := data.io.enq.ready
  ends.io.deq.ready := io.axi.r.fire && io.axi.r.bits.last
  assert(!io.axi.r.valid || (data.io.enq.ready && ends.io.deq.valid), "a read beat that was not asked for")
  io.out.valid := data.io.deq.valid
  io.out.bits.data := VecInit(data.io.deq.bits.words.map(_.pad(64))).asUInt
  io.out.bits.last := data.io.deq.bits.last
  data.io.deq.ready := io.out.ready
  held := held + Mux(io.axi.ar.fire, beats, 0.U) - io.out.fire.asUInt
  io.error := io.axi.r.fire && io.axi.r.bits.resp =/= 0.U
  io.idle := !active && !commands.valid && held === 0.U
}

/** Several readers on one pair of read channels: requests in turn, answers by ID (reader i has ID i). */
class ReadJoin(readers: Int, idBits: Int) extends Module {
  val io = IO(new Bundle {
    val in = Vec(readers, Flipped(new Axi4.Read(idBits)))
    val out = new Axi4.Read(idBits)
  })
  private val arbiter = Module(new RRArbiter(new Axi4.Address(idBits), readers))
  arbiter.io.in.zip(io.in).foreach { case (a, r) => a <> r.ar }
  // A request that waits must not change: it passes through a register stage.
  io.out.ar <> Queue(arbiter.io.out, 2)
  for ((r, i) <- io.in.zipWithIndex) {
    r.r.valid := io.out.r.valid && io.out.r.bits.id === i.U
    r.r.bits := io.out.r.bits
  }
  io.out.r.ready := VecInit(io.in.zipWithIndex.map { case (r, i) =>
    r.r.ready && io.out.r.bits.id === i.U
  }).asUInt.orR
}
