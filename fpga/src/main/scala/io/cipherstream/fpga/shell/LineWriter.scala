package io.cipherstream.fpga.shell

import chisel3._
import chisel3.util._

/** Writes stretches of memory in order. A burst's address is sent when all of its data is there, so the core
  * never holds the bus; a stretch is done when the memory has answered its last burst.
  */
class LineWriter(id: Int, idBits: Int, burstBeats: Int) extends Module {
  require(burstBeats <= 64)
  private val ahead = 2 * burstBeats

  val io = IO(new Bundle {
    val command = Flipped(Decoupled(new Lines))
    val in = Flipped(Decoupled(UInt((8 * Axi4.beatBytes).W)))
    val axi = new Axi4.Write(idBits)

    /** Pulses when a stretch is in memory, in the order of the commands. */
    val done = Output(Bool())

    /** Pulses with an error answer. */
    val error = Output(Bool())
    val idle = Output(Bool())
  })

  private val commands = Queue(io.command, 4)
  private val data = Module(new Queue(UInt((8 * Axi4.beatBytes).W), ahead, useSyncReadMem = true))
  data.io.enq <> io.in

  private val active = RegInit(false.B)
  private val address = Reg(UInt(64.W))
  private val left = Reg(UInt(32.W))
  private val beats = Axi4.burst(address, left, burstBeats)
  // Beats in the queue that no burst has claimed.
  private val unclaimed = RegInit(0.U(log2Ceil(ahead + 1).W))
  private val bursts = Module(new Queue(UInt((log2Ceil(burstBeats) + 1).W), 4))
  private val ends = Module(new Queue(Bool(), 16))

  commands.ready := !active
  when(commands.fire) {
    active := true.B
    address := commands.bits.address
    left := commands.bits.lines
  }
  io.axi.aw.valid := active && unclaimed >= beats && bursts.io.enq.ready && ends.io.enq.ready
  Axi4.connect(io.axi.aw.bits, id, address, beats)
  bursts.io.enq.valid := io.axi.aw.fire
  bursts.io.enq.bits := beats
  ends.io.enq.valid := io.axi.aw.fire
  ends.io.enq.bits := left === beats
  when(io.axi.aw.fire) {
    address := address + (beats << log2Ceil(Axi4.beatBytes))
    left := left - beats
    when(left === beats) { active := false.B }
  }
  unclaimed := unclaimed + data.io.enq.fire.asUInt - Mux(io.axi.aw.fire, beats, 0.U)

  private val sent = RegInit(0.U((log2Ceil(burstBeats) + 1).W))
  private val last = sent + 1.U === bursts.io.deq.bits
  io.axi.w.valid := bursts.io.deq.valid && data.io.deq.valid
  io.axi.w.bits.data := data.io.deq.bits
  io.axi.w.bits.strb := Fill(Axi4.beatBytes, 1.U(1.W))
  io.axi.w.bits.last := last
  data.io.deq.ready := bursts.io.deq.valid && io.axi.w.ready
  bursts.io.deq.ready := io.axi.w.fire && last
  when(io.axi.w.fire) { sent := Mux(last, 0.U, sent + 1.U) }

  io.axi.b.ready := true.B
  ends.io.deq.ready := io.axi.b.valid
  assert(!io.axi.b.valid || ends.io.deq.valid, "an answer to no burst")
  io.done := io.axi.b.valid && ends.io.deq.bits
  io.error := io.axi.b.valid && io.axi.b.bits.resp =/= 0.U
  io.idle := !active && !commands.valid && !ends.io.deq.valid
}
