package io.cipherstream.fpga.shell

import chisel3._
import chisel3.util._

/** Writes stretches of memory in order. A burst's address is sent when all of its data is there, so the core
  * never holds the bus; a stretch is done when the memory has answered its last burst.
  */
class LineWriter(id: Int, idBits: Int, burstBeats: Int) extends Module {
  require(burstBeats <= 64)
  private val ahead = 2 << log2Ceil(burstBeats)
  private val beatBits = Bursts.beatBits(burstBeats)

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

  private val bursts = Module(new Bursts(burstBeats))
  bursts.io.command <> io.command
  private val data = Module(new BlockQueue(UInt((8 * Axi4.beatBytes).W), ahead))
  data.io.in <> io.in

  // Beats in the queue that no burst has claimed. What a burst knows of them is a cycle old; until it claims them they only
  // become more, and the next burst is further away than that.
  private val unclaimed = RegInit(0.U(log2Ceil(ahead + BlockQueue.waiting + 1).W))
  private val burst = bursts.io.burst.bits
  private val enough = RegNext(bursts.io.burst.valid && unclaimed >= burst.request.beats && !bursts.io.burst.fire, false.B)
  private val requests = Module(new Queue(new Bursts.Request(burstBeats), 1))
  private val ends = Module(new Queue(Bool(), 16))
  private val may = enough && requests.io.enq.ready && ends.io.enq.ready
  bursts.io.burst.ready := may
  private val claims = bursts.io.burst.fire
  requests.io.enq.valid := claims
  requests.io.enq.bits := burst.request
  ends.io.enq.valid := claims
  ends.io.enq.bits := burst.last
  unclaimed := unclaimed + RegNext(io.in.fire, false.B).asUInt - Mux(claims, burst.request.beats, 0.U)

  // An address leaves when its data may follow.
  private val sending = Module(new Queue(UInt(beatBits.W), 4))
  io.axi.aw.valid := requests.io.deq.valid && sending.io.enq.ready
  requests.io.deq.ready := io.axi.aw.ready && sending.io.enq.ready
  Axi4.connect(io.axi.aw.bits, id, requests.io.deq.bits.address, requests.io.deq.bits.beats)
  sending.io.enq.valid := io.axi.aw.fire
  sending.io.enq.bits := requests.io.deq.bits.beats

  // Data: the burst under way, its beats behind this one.
  private val active = RegInit(false.B)
  private val behind = Reg(UInt(beatBits.W))
  private val last = Reg(Bool())
  private val sent = io.axi.w.fire
  sending.io.deq.ready := !active || (sent && last)
  when(sending.io.deq.ready) {
    active := sending.io.deq.valid
    behind := sending.io.deq.bits - 1.U
    last := sending.io.deq.bits === 1.U
  }.elsewhen(sent) {
    behind := behind - 1.U
    last := behind === 1.U
  }
  io.axi.w.valid := active && data.io.out.valid
  io.axi.w.bits.data := data.io.out.bits
  io.axi.w.bits.strb := Fill(Axi4.beatBytes, 1.U(1.W))
  io.axi.w.bits.last := last
  data.io.out.ready := active && io.axi.w.ready

  io.axi.b.ready := true.B
  ends.io.deq.ready := io.axi.b.valid
  assert(!io.axi.b.valid || ends.io.deq.valid, "an answer to no burst")
  io.done := io.axi.b.valid && ends.io.deq.bits
  io.error := io.axi.b.valid && io.axi.b.bits.resp =/= 0.U
  io.idle := bursts.io.idle && !ends.io.deq.valid
}
