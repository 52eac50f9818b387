package io.cipherstream.fpga.shell

import chisel3._
import chisel3.util._

/** A queue in block memory whose words reach a register before anything looks at them: a word put in leaves four cycles
  * later at the earliest, and from then on one a cycle.
  *
  * @param depth words that it holds at least
  */
class BlockQueue[T <: Data](of: T, depth: Int) extends Module {
  require(depth >= 2 && isPow2(depth), s"a queue of $depth words: expected a power of two")

  val io = IO(new Bundle {
    val in = Flipped(Decoupled(of))
    val out = Decoupled(of)
  })
  private val memory = SyncReadMem(depth, of)
  private val writeAt = RegInit(0.U(log2Ceil(depth).W))
  private val readAt = RegInit(0.U(log2Ceil(depth).W))
  private val filled = RegInit(0.U(log2Ceil(depth + 1).W))
  private val full = RegInit(false.B)
  private val empty = RegInit(true.B)

  // Words on their way out: the memory, a register, and what waits behind it.
  private val out = Module(new Queue(of, BlockQueue.waiting))
  private val under = RegInit(0.U(log2Ceil(BlockQueue.waiting + 1).W))
  private val read = !empty && under =/= BlockQueue.waiting.U
  private val word = memory.read(readAt, read)
  out.io.enq.valid := RegNext(RegNext(read, false.B), false.B)
  out.io.enq.bits := RegNext(word)
  io.out <> out.io.deq
  private val gone = RegNext(io.out.fire, false.B)
  under := under + read.asUInt - gone.asUInt

  io.in.ready := !full
  when(io.in.fire) {
    memory.write(writeAt, io.in.bits)
    writeAt := writeAt + 1.U
  }
  when(read) { readAt := readAt + 1.U }
  private val next = filled + io.in.fire.asUInt - read.asUInt
  filled := next
  full := Mux(io.in.fire === read, full, io.in.fire && filled === (depth - 1).U)
  empty := Mux(io.in.fire === read, empty, read && filled === 1.U)
}

object BlockQueue {

  /** Words on their way out: as many as cycles from a word's read until its place is known to be free, if nothing makes it
    * wait, so that one is read every cycle: in the memory, in the register, in the queue, gone, counted.
    */
  val waiting = 5
}
