package io.cipherstream.fpga.board

import chisel3._
import chisel3.util._

/** Bytes from a serial line: a start bit, eight data bits with the lowest first, a stop bit.
  *
  * @param ticks clock cycles of a bit, at least 4
  */
class UartReceiver(ticks: Int) extends Module {
  require(ticks >= 4, s"$ticks clock cycles a bit: expected at least 4")
  val io = IO(new Bundle {
    val line = Input(Bool())

    /** A byte for one cycle; a byte whose stop bit is missing is dropped. */
    val out = Valid(UInt(8.W))
  })

  // The line is asynchronous to the clock.
  private val line = RegNext(RegNext(io.line, true.B), true.B)
  private val tick = RegInit(0.U(log2Ceil(ticks).W))
  private val bit = RegInit(0.U(4.W))
  private val active = RegInit(false.B)
  private val byte = Reg(UInt(8.W))
  private val sample = active && tick === 0.U
  io.out.valid := sample && bit === 9.U && line
  io.out.bits := byte

  when(active) { tick := Mux(tick === 0.U, (ticks - 1).U, tick - 1.U) }
  when(!active && !line) {
    // The first sample lies in the middle of the start bit.
    active := true.B
    tick := (ticks / 2 - 1).U
    bit := 0.U
  }
  when(sample) {
    bit := bit + 1.U
    byte := Cat(line, byte(7, 1))
    when((bit === 0.U && line) || bit === 9.U) { active := false.B }
    // The stop bit leaves the byte as it is.
    when(bit === 9.U) { byte := byte }
  }
}

/** Bytes to a serial line, in the format of [[UartReceiver]]. */
class UartTransmitter(ticks: Int) extends Module {
  require(ticks >= 4, s"$ticks clock cycles a bit: expected at least 4")
  val io = IO(new Bundle {
    val in = Flipped(Decoupled(UInt(8.W)))
    val line = Output(Bool())
  })

  private val tick = RegInit(0.U(log2Ceil(ticks).W))
  private val left = RegInit(0.U(4.W))
  private val bits = RegInit(1.U(10.W))
  io.in.ready := left === 0.U
  io.line := bits(0)
  when(io.in.fire) {
    bits := Cat(1.U(1.W), io.in.bits, 0.U(1.W))
    left := 10.U
    tick := (ticks - 1).U
  }.elsewhen(left =/= 0.U) {
    tick := Mux(tick === 0.U, (ticks - 1).U, tick - 1.U)
    when(tick === 0.U) {
      bits := Cat(1.U(1.W), bits(9, 1))
      left := left - 1.U
    }
  }
}
