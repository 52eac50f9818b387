package io.cipherstream.fpga.shell

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.CoreSet

/** Reads stretches of memory in order, with bursts that run ahead of what is taken, also into the next stretch.
  * A burst is asked for only when there is room for a whole one, so the bus never waits for the core.
  *
  * @param wordBits bits that are kept of each 64-bit word of a line; the others leave as zeros
  * @param marksEnds whether the last line of a stretch leaves marked; otherwise none does
  */
class LineReader(id: Int, idBits: Int, burstBeats: Int, aheadBeats: Int, wordBits: Int, val marksEnds: Boolean) extends Module {
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
    val words = Vec(CoreSet.lineWords, UInt(wordBits.W))
    val last = Option.when(marksEnds)(Bool())
  }
  private val bursts = Module(new Bursts(burstBeats))
  bursts.io.command <> io.command

  // Room: beats asked for and not yet taken leave place for a burst. What is known of it is two cycles old, and the next
  // burst is at least as far away.
  private val held = RegInit(0.U(log2Ceil(aheadBeats + 1).W))
  private val room = RegNext(held <= (aheadBeats - burstBeats).U, false.B)
  private val requests = Module(new Queue(new Bursts.Request(burstBeats), 1))
  bursts.io.burst.ready := requests.io.enq.ready && room
  requests.io.enq.valid := bursts.io.burst.valid && room
  requests.io.enq.bits := bursts.io.burst.bits.request
  private val asked = bursts.io.burst.fire
  io.axi.ar.valid := requests.io.deq.valid
  requests.io.deq.ready := io.axi.ar.ready
  Axi4.connect(io.axi.ar.bits, id, requests.io.deq.bits.address, requests.io.deq.bits.beats)

  // Ends of stretches, by burst: never more than beats.
  private val ends = Option.when(marksEnds)(Module(new Queue(Bool(), aheadBeats)))
  for (queue <- ends) {
    queue.io.enq.valid := asked
    queue.io.enq.bits := bursts.io.burst.bits.last
    queue.io.deq.ready := io.axi.r.valid && io.axi.r.bits.last
    assert(!asked || queue.io.enq.ready, "a burst more than there is room for")
    assert(!io.axi.r.valid || queue.io.deq.valid, "a read beat that was not asked for")
  }

  private val data = Module(new BlockQueue(new Kept, 1 << log2Ceil(aheadBeats)))
  data.io.in.valid := io.axi.r.valid
  data.io.in.bits.words := io.axi.r.bits.data.asTypeOf(Vec(CoreSet.lineWords, UInt(64.W))).map(_(wordBits - 1, 0))
  for ((last, queue) <- data.io.in.bits.last.zip(ends)) last := io.axi.r.bits.last && queue.io.deq.bits
  io.axi.r.ready := true.B
  assert(!io.axi.r.valid || data.io.in.ready, "a read beat that there is no room for")
  io.out.valid := data.io.out.valid
  io.out.bits.data := VecInit(data.io.out.bits.words.map(_.pad(64))).asUInt
  io.out.bits.last := data.io.out.bits.last.getOrElse(false.B)
  data.io.out.ready := io.out.ready
  held := held + Mux(asked, bursts.io.burst.bits.request.beats, 0.U) - RegNext(io.out.fire, false.B).asUInt
  io.error := io.axi.r.valid && io.axi.r.bits.resp =/= 0.U
  io.idle := bursts.io.idle && held === 0.U
}

/** Several readers on one pair of read channels: requests in turn, answers by ID (reader i has ID i). Readers never make an
  * answer wait.
  */
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
    assert(!r.r.valid || r.r.ready, "a reader makes an answer wait")
  }
  io.out.r.ready := true.B
}
