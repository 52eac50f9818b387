package io.cipherstream.fpga.cluster

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.CoreParameters
import io.cipherstream.fpga.arith.Delay

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
  private val depth = 16
  private val lanes = p.laneBits
  private val leftBits = log2Ceil(lanes + 1).max(1)
  private val outgoing = Module(new Queue(words, depth))
  private val onTheWay = RegInit(0.U(log2Ceil(depth + 1).W))
  private val beat = RegInit(0.U(groupBits.W))
  private val closing = RegInit(false.B)
  private val numbered = buffer.io.full.valid && onTheWay =/= depth.U && !closing
  private val beatMask = Delay.step((((1.U << io.degreeBits) >> lanes) - 1.U)(groupBits - 1, 0), groupBits)
  private val ends = numbered && beat === beatMask
  when(numbered) { beat := Mux(ends, 0.U, beat + 1.U) }
  onTheWay := onTheWay + numbered.asUInt - io.out.fire.asUInt

  // Step 1. How far the beat's number is shifted, whether it is in the mirrored half, how many words b has.
  private val note = buffer.io.full.bits
  private val beat1 = RegNext(beat)
  private val deep1 = RegNext(note.shift >= lanes.U)
  private val right1 = RegNext(note.shift - lanes.U)
  private val left1 = Delay.step((lanes.U - note.shift)(leftBits - 1, 0), leftBits)
  private val halfAt = Delay.step(io.degreeBits - (lanes + 1).U, p.degreeBitsWidth)
  private val mirrored1 = RegNext(note.mirrored && (beat >> halfAt)(0))
  private val few1 = RegNext(io.degreeBits - note.shift)

  // Step 2. The beat's first word, what turns it round, and the lanes' places behind it.
  private val first2 = Delay.step(Mux(deep1, beat1 >> right1, (beat1 << left1).asUInt)(p.indexBits - 1, 0), p.indexBits)
  private val mirror2 = RegNext(VecInit.tabulate(p.indexBits)(i => mirrored1 && few1 > i.U).asUInt)
  private val offsets2 = Seq.tabulate(p.lanes) { j =>
    if (lanes == 0) 0.U
    else {
      // Shifted by lanes - left bits, which is between 0 and lanes if the shift is not deep.
      val shifted = VecInit.tabulate(lanes + 1)(left => (j >> (lanes - left)).U(lanes.W))
      Delay.step(Mux(deep1, 0.U, shifted(left1)), lanes)
    }
  }

  // Step 3. Row and places within it.
  private val row3 = Delay.step((first2 ^ mirror2) >> lanes, log2Ceil(rows))
  private val places3 = offsets2.map(o => if (lanes == 0) 0.U else Delay.step((first2 | o) ^ mirror2, lanes))
  buffer.io.readEnable := Delay.flag(numbered, 3)
  buffer.io.readRow := row3
  buffer.io.release := Delay.flag(ends, 3)
  when(ends) { closing := true.B }.elsewhen(buffer.io.release) { closing := false.B }

  private val places = Delay(places3, OperandBuffer.latency)
  outgoing.io.enq.valid := Delay.flag(numbered, 3 + OperandBuffer.latency + 1)
  outgoing.io.enq.bits := VecInit(places.map { x =>
    Delay.step(if (lanes == 0) buffer.io.read(0) else buffer.io.read(x), p.wordBits)
  })
  assert(!outgoing.io.enq.valid || outgoing.io.enq.ready, "a rearranged beat is lost")
  io.out <> outgoing.io.deq
}
