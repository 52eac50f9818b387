package io.cipherstream.fpga.shell

import chisel3._
import chisel3.util._

/** Notices a memory that does not answer: something has been asked for, or is offered and not taken, and on
  * none of the channels anything has moved for `cycles` cycles. The core itself never makes a channel wait, so
  * then it is the memory's turn.
  */
class Watchdog(reads: Int, writes: Int, cycles: Int) extends Module {
  val io = IO(new Bundle {
    val read = Input(Vec(reads, new Watchdog.Seen))
    val write = Input(Vec(writes, new Watchdog.Seen))

    /** High from then on, until a reset. */
    val expired = Output(Bool())
  })

  private val all = io.read ++ io.write
  private val open = RegInit(0.U(16.W))
  open := open + PopCount(all.map(_.asked)) - PopCount(all.map(_.answered))
  private val waits = open =/= 0.U || all.map(_.refused).reduce(_ || _)
  private val moves = all.map(_.moved).reduce(_ || _)
  private val still = RegInit(0.U(log2Ceil(cycles + 1).W))
  private val expired = still === cycles.U
  when(!expired) { still := Mux(waits && !moves, still + 1.U, 0.U) }
  io.expired := expired
}

object Watchdog {

  /** What happens on a port's channels of one direction in a cycle: a burst is asked for, a burst's last answer
    * is there, something is offered and not taken, something moves.
    */
  class Seen extends Bundle {
    val asked = Bool()
    val answered = Bool()
    val refused = Bool()
    val moved = Bool()
  }

  private def refused(port: DecoupledIO[Data]): Bool = port.valid && !port.ready

  /** The channels of a reading port. */
  def seen(port: Axi4.Read): Seen = {
    val seen = Wire(new Seen)
    seen.asked := port.ar.fire
    seen.answered := port.r.fire && port.r.bits.last
    seen.refused := refused(port.ar)
    seen.moved := port.ar.fire || port.r.fire
    seen
  }

  /** The channels of a writing port. */
  def seen(port: Axi4.Write): Seen = {
    val seen = Wire(new Seen)
    seen.asked := port.aw.fire
    seen.answered := port.b.fire
    seen.refused := refused(port.aw) || refused(port.w)
    seen.moved := port.aw.fire || port.w.fire || port.b.fire
    seen
  }
}
