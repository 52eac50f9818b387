package io.cipherstream.fpga.shell

import chisel3._
import chisel3.util._

/** Cuts stretches of memory into bursts of at most `burstBeats` beats that never cross 4 KiB. A burst is worked out a step a
  * cycle while the one before is under way: at least three cycles lie between two.
  */
class Bursts(burstBeats: Int) extends Module {
  val io = IO(new Bundle {
    val command = Flipped(Decoupled(new Lines))
    val burst = Decoupled(new Bursts.Burst(burstBeats))
    val idle = Output(Bool())
  })
  private val commands = Queue(io.command, 4)
  private val empty :: most :: beats :: offered :: Nil = Enum(4)
  private val state = RegInit(empty)
  private val address = Reg(UInt(64.W))
  private val left = Reg(UInt(32.W))
  private val limit = Reg(UInt(Bursts.beatBits(burstBeats).W))
  private val many = Reg(Bool())
  private val burst = Reg(new Bursts.Burst(burstBeats))

  commands.ready := state === empty
  when(commands.fire) {
    state := most
    address := commands.bits.address
    left := commands.bits.lines
  }
  // Up to the boundary; whether the stretch has more than any burst.
  when(state === most) {
    state := beats
    val toBoundary = (Axi4.boundaryBytes / Axi4.beatBytes).U -& address(log2Ceil(Axi4.boundaryBytes) - 1, log2Ceil(Axi4.beatBytes))
    limit := Mux(toBoundary < burstBeats.U, toBoundary, burstBeats.U)(limit.getWidth - 1, 0)
    many := left(31, log2Ceil(burstBeats) + 1).orR
  }
  when(state === beats) {
    state := offered
    val ends = !many && left(log2Ceil(burstBeats), 0) <= limit
    burst.request.address := address
    burst.request.beats := Mux(ends, left(log2Ceil(burstBeats), 0), limit)
    burst.last := ends
  }
  io.burst.valid := state === offered
  io.burst.bits := burst
  when(io.burst.fire) {
    state := Mux(burst.last, empty, most)
    address := address + (burst.request.beats << log2Ceil(Axi4.beatBytes))
    left := left - burst.request.beats
  }
  io.idle := state === empty && !commands.valid
}

object Bursts {

  /** Bits of a number of beats, 1 to `burstBeats`. */
  def beatBits(burstBeats: Int): Int = log2Ceil(burstBeats) + 1

  /** Where a burst begins, and its beats. */
  class Request(burstBeats: Int) extends Bundle {
    val address = UInt(64.W)
    val beats = UInt(beatBits(burstBeats).W)
  }

  /** A burst, and whether its stretch ends with it. */
  class Burst(burstBeats: Int) extends Bundle {
    val request = new Request(burstBeats)
    val last = Bool()
  }
}
