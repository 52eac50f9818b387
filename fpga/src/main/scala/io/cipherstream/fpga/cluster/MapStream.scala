package io.cipherstream.fpga.cluster

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.arith.Delay
import io.cipherstream.fpga.shell.{Line, LinesToBeats}

/** Operands of MAP from memory: limbs as they come, short ones as Repeated makes limbs of them. */
class MapStream(p: ClusterParameters) extends Module {
  val io = IO(new Bundle {
    val degreeBits = Input(UInt(p.core.degreeBitsWidth.W))
    val operand = Flipped(Decoupled(new Bundle {
      val shift = UInt(5.W)
      val mirrored = Bool()
      val lines = UInt((p.core.degreeBitsMax - 2).W)
    }))
    val lines = Flipped(Decoupled(new Line))
    val out = Decoupled(p.block)
  })
  private def blocksOf(lines: UInt): UInt =
    (if (p.streamBits <= 3) (lines << (3 - p.streamBits)).asUInt
     else (lines + ((1 << (p.streamBits - 3)) - 1).U) >> (p.streamBits - 3)).pad(p.blockBits + 1)
  private val blockMask = Delay.step(((1.U << (io.degreeBits - p.streamBits.U)) - 1.U)(p.blockBits - 1, 0), p.blockBits)
  private val beats = Module(new LinesToBeats(p.stream, marked = true))
  beats.io.in <> io.lines
  private val repeated = Module(new Repeated(p.stream))
  repeated.io.degreeBits := io.degreeBits
  private val comes = Module(new Queue(chiselTypeOf(io.operand.bits), CoreQueue.depth + 2))
  private val goes = Module(new Queue(Bool(), CoreQueue.depth + 2))
  io.operand.ready := comes.io.enq.ready && goes.io.enq.ready
  comes.io.enq.valid := io.operand.fire
  comes.io.enq.bits := io.operand.bits
  goes.io.enq.valid := io.operand.fire
  goes.io.enq.bits := io.operand.bits.shift === 0.U && !io.operand.bits.mirrored

  // What comes: straight on, or into the unit that repeats, which takes an operand while it gives another.
  private val first = comes.io.deq
  private val straight = first.bits.shift === 0.U && !first.bits.mirrored
  private val inCount = RegInit(0.U(p.blockBits.W))
  repeated.io.begin.valid := first.valid && !straight
  repeated.io.begin.bits.beats := blocksOf(first.bits.lines)(repeated.io.begin.bits.beats.getWidth - 1, 0)
  repeated.io.begin.bits.note.shift := first.bits.shift
  repeated.io.begin.bits.note.mirrored := first.bits.mirrored
  private val passing = Wire(Decoupled(p.block))
  private val toStraight = first.valid && straight && !repeated.io.filling
  repeated.io.fill.valid := beats.io.out.valid && repeated.io.filling
  repeated.io.fill.bits := beats.io.out.bits
  passing.valid := beats.io.out.valid && toStraight
  passing.bits := beats.io.out.bits
  beats.io.out.ready := Mux(repeated.io.filling, repeated.io.fill.ready, toStraight && passing.ready)
  when(passing.fire) { inCount := Mux(inCount === blockMask, 0.U, inCount + 1.U) }
  first.ready := repeated.io.begin.fire || (passing.fire && inCount === blockMask)

  // What goes, in the same order.
  private val outCount = RegInit(0.U(p.blockBits.W))
  private val queued = Queue(passing, 2)
  private val next = goes.io.deq
  io.out.valid := next.valid && Mux(next.bits, queued.valid, repeated.io.out.valid)
  io.out.bits := Mux(next.bits, queued.bits, repeated.io.out.bits)
  queued.ready := next.valid && next.bits && io.out.ready
  repeated.io.out.ready := next.valid && !next.bits && io.out.ready
  when(io.out.fire) { outCount := Mux(outCount === blockMask, 0.U, outCount + 1.U) }
  next.ready := io.out.fire && outCount === blockMask
}
