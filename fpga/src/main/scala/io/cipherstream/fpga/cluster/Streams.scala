package io.cipherstream.fpga.cluster

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.arith.Delay

/** Blocks of `from` words to groups of `to` words, `to` a multiple. */
class Widen(wordBits: Int, from: Int, to: Int) extends Module {
  val io = IO(new Bundle {
    val in = Flipped(Decoupled(Vec(from, UInt(wordBits.W))))
    val out = Decoupled(Vec(to, UInt(wordBits.W)))
  })
  private val parts = to / from
  if (parts == 1) {
    io.out.valid := io.in.valid
    io.out.bits := io.in.bits
    io.in.ready := io.out.ready
  } else {
    val part = RegInit(0.U(log2Ceil(parts).W))
    val held = Reg(Vec(parts - 1, Vec(from, UInt(wordBits.W))))
    val whole = part === (parts - 1).U
    io.out.valid := io.in.valid && whole
    io.out.bits := (held :+ io.in.bits).flatten
    io.in.ready := io.out.ready || !whole
    when(io.in.fire) {
      part := part + 1.U
      for (i <- 0 until parts - 1) when(part === i.U) { held(i) := io.in.bits }
    }
  }
}

/** Groups of `from` words to blocks of `to` words, `from` a multiple. */
class Narrow(wordBits: Int, from: Int, to: Int) extends Module {
  val io = IO(new Bundle {
    val in = Flipped(Decoupled(Vec(from, UInt(wordBits.W))))
    val out = Decoupled(Vec(to, UInt(wordBits.W)))
  })
  private val parts = from / to
  io.out.valid := io.in.valid
  if (parts == 1) {
    io.out.bits := io.in.bits
    io.in.ready := io.out.ready
  } else {
    val part = RegInit(0.U(log2Ceil(parts).W))
    io.out.bits := VecInit(io.in.bits.grouped(to).map(VecInit(_)).toSeq)(part)
    io.in.ready := io.out.ready && part === (parts - 1).U
    when(io.out.fire) { part := part + 1.U }
  }
}

/** A pipeline that never stops between streams that may: so much goes in as the queue behind it has room for.
  *
  * @param latency cycles from what goes in to what comes out
  */
class Pipelined[T <: Data](of: T, latency: Int) extends Module {
  private val depth = 1 << log2Ceil(latency + 6)
  val io = IO(new Bundle {

    /** Whether something may go in, and whether something does. */
    val room = Output(Bool())
    val enters = Input(Bool())

    /** What comes out `latency` cycles after it went in. */
    val result = Input(of)
    val out = Decoupled(of)
  })
  private val queue = Module(new Queue(of, depth))
  private val under = RegInit(0.U(log2Ceil(depth + 1).W))
  under := under + io.enters.asUInt - queue.io.deq.fire.asUInt
  io.room := RegNext(under < (depth - 2).U, false.B)
  queue.io.enq.valid := Delay.flag(io.enters, latency)
  queue.io.enq.bits := io.result
  assert(!queue.io.enq.valid || queue.io.enq.ready, "a result that there is no room for")
  io.out <> queue.io.deq
}
