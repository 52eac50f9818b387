package io.cipherstream.fpga.cluster

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.CoreParameters

/** How a short operand stands for a limb; see Repeat in the module ring. */
class RepeatNote extends Bundle {
  val shift = UInt(5.W)
  val mirrored = Bool()
}

/** A repeated operand b leaves as N/P beats: word k is b[k >> s], or mirrored b[min(r, 2F - 1 - r)], r = k >> s. The words of a
  * beat are in one row.
  */
class Repeated(p: CoreParameters) extends Module {
  private val rows = (p.groupsMax / 2).max(2)
  private val groupBits = log2Ceil(p.groupsMax)
  private def words = Vec(p.lanes, UInt(p.wordBits.W))

  val io = IO(new Bundle {
    val degreeBits = Input(UInt(p.degreeBitsWidth.W))
    val begin = Flipped(Decoupled(new Bundle {
      val beats = UInt(log2Ceil(rows + 1).W)
      val note = new RepeatNote
    }))
    val fill = Flipped(Decoupled(words))
    val filling = Output(Bool())
    val out = Decoupled(words)
  })
  private val buffer = Module(new OperandBuffer(p, 2, rows, new RepeatNote))
  buffer.io.begin.valid := io.begin.valid
  buffer.io.begin.bits.beats := io.begin.bits.beats
  buffer.io.begin.bits.note := io.begin.bits.note
  io.begin.ready := buffer.io.begin.ready
  buffer.io.fill <> io.fill
  io.filling := buffer.io.filling

  // Beats are numbered as fast as the outgoing queue takes them. A slot is given back with the read of its last row.
  private val depth = 8
  private val outgoing = Module(new Queue(words, depth))
  private val onTheWay = RegInit(0.U(log2Ceil(depth + 1).W))
  private val beat = RegInit(0.U(groupBits.W))
  private val numbered = buffer.io.full.valid && onTheWay < depth.U
  private val lastBeat = beat === (((1.U << io.degreeBits) >> p.laneBits) - 1.U)(groupBits - 1, 0)
  when(numbered) { beat := Mux(lastBeat, 0.U, beat + 1.U) }
  onTheWay := onTheWay + numbered.asUInt - io.out.fire.asUInt

  // Row and places within it of a beat's words.
  private val note = buffer.io.full.bits
  private val lanes = p.laneBits.U
  private val first = Mux(
    note.shift >= lanes,
    beat >> (note.shift - lanes),
    (beat << (lanes - note.shift)(log2Ceil(p.laneBits + 2) - 1, 0)).asUInt
  )(p.indexBits - 1, 0)
  private val secondHalf = (beat >> (io.degreeBits - lanes - 1.U))(0)
  private val all = ((1.U << (io.degreeBits - note.shift)) - 1.U)(p.indexBits - 1, 0)
  private val mirror = Mux(note.mirrored && secondHalf, all, 0.U)
  private val places = Seq.tabulate(p.lanes) { j =>
    if (p.laneBits == 0) 0.U
    else {
      val offsets = VecInit.tabulate(p.laneBits)(s => (j >> s).U(p.laneBits.W))
      val small = if (p.laneBits == 1) offsets.head else offsets(note.shift(log2Ceil(p.laneBits) - 1, 0))
      val offset = Mux(note.shift >= lanes, 0.U, small)
      ((first | offset) ^ mirror)(p.laneBits - 1, 0)
    }
  }
  buffer.io.readEnable := numbered
  buffer.io.readRow := ((first ^ mirror) >> p.laneBits)(buffer.io.readRow.getWidth - 1, 0)
  buffer.io.release := numbered && lastBeat
  outgoing.io.enq.valid := RegNext(numbered, false.B)
  outgoing.io.enq.bits := VecInit(places.map(x => if (p.laneBits == 0) buffer.io.read(0) else buffer.io.read(RegNext(x))))
  assert(!outgoing.io.enq.valid || outgoing.io.enq.ready, "a rearranged beat is lost")
  io.out <> outgoing.io.deq
}
