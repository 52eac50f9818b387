package io.cipherstream.fpga.shell

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.{CoreParameters, CoreSet}

/** Lines of eight 64-bit words to beats of P words. A stretch that ends within a beat ends the beat.
  *
  * @param marked whether the last line of a stretch comes marked; if not, every stretch is whole beats
  */
class LinesToBeats(p: CoreParameters, marked: Boolean) extends Module {
  private val lineWords = CoreSet.lineWords
  val io = IO(new Bundle {
    val in = Flipped(Decoupled(new Line))
    val out = Decoupled(Vec(p.lanes, UInt(p.wordBits.W)))
  })
  private val words = io.in.bits.data.asTypeOf(Vec(lineWords, UInt(64.W))).map(_(p.wordBits - 1, 0))

  if (p.lanes <= lineWords) {
    val parts = lineWords / p.lanes
    val part = RegInit(0.U(log2Ceil(parts).W))
    io.out.valid := io.in.valid
    io.out.bits := VecInit(words.grouped(p.lanes).map(VecInit(_)).toSeq)(part)
    io.in.ready := io.out.ready && part === (parts - 1).U
    when(io.out.fire) { part := part + 1.U }
  } else {
    val parts = p.lanes / lineWords
    val part = RegInit(0.U(log2Ceil(parts).W))
    val held = Reg(Vec(parts - 1, Vec(lineWords, UInt(p.wordBits.W))))
    val whole = part === (parts - 1).U || (marked.B && io.in.bits.last)
    io.out.valid := io.in.valid && whole
    io.in.ready := io.out.ready || !whole
    // The current line stands in its own part and in all later ones, which then mean nothing.
    io.out.bits := VecInit((0 until parts).flatMap { i =>
      if (i == parts - 1) words else words.zip(held(i)).map { case (now, before) => Mux(part > i.U, before, now) }
    })
    when(io.in.fire) {
      part := Mux(whole, 0.U, part + 1.U)
      if (parts == 2) when(!whole) { held.head := VecInit(words) }
      if (parts > 2) when(!whole) { held(part) := VecInit(words) }
    }
  }
}

/** Beats of P words to lines of eight 64-bit words; limbs are whole lines and whole beats. */
class BeatsToLines(p: CoreParameters) extends Module {
  private val lineWords = CoreSet.lineWords
  val io = IO(new Bundle {
    val in = Flipped(Decoupled(Vec(p.lanes, UInt(p.wordBits.W))))
    val out = Decoupled(UInt((64 * lineWords).W))
  })
  private def line(words: Seq[UInt]): UInt = VecInit(words.map(_.pad(64))).asUInt

  if (p.lanes <= lineWords) {
    val parts = lineWords / p.lanes
    val part = RegInit(0.U(log2Ceil(parts).W))
    val held = Reg(Vec(parts - 1, Vec(p.lanes, UInt(p.wordBits.W))))
    val whole = part === (parts - 1).U
    io.out.valid := io.in.valid && whole
    io.out.bits := line(held.flatten ++ io.in.bits)
    io.in.ready := io.out.ready || !whole
    when(io.in.fire) {
      part := part + 1.U
      if (parts == 2) when(!whole) { held.head := io.in.bits }
      if (parts > 2) when(!whole) { held(part) := io.in.bits }
    }
  } else {
    val parts = p.lanes / lineWords
    val part = RegInit(0.U(log2Ceil(parts).W))
    io.out.valid := io.in.valid
    io.out.bits := VecInit(io.in.bits.grouped(lineWords).map(line).toSeq)(part)
    io.in.ready := io.out.ready && part === (parts - 1).U
    when(io.out.fire) { part := part + 1.U }
  }
}
