package io.cipherstream.fpga.vector

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.CoreParameters

/** A buffered operand leaves as N/P beats, each made of the words of one row in another order. A subclass says
  * which row and which places, `placeLatency` cycles after the beat's number.
  */
abstract class Rearranged[T <: Data](p: CoreParameters, slots: Int, rows: Int, note: => T, placeLatency: Int)
    extends Module {
  private def words = Vec(p.lanes, UInt(p.wordBits.W))
  private def noteType: T = note
  protected val groupBits: Int = log2Ceil(p.groupsMax)

  val io = IO(new Bundle {
    val degreeBits = Input(UInt(p.degreeBitsWidth.W))
    val begin = Flipped(Decoupled(new Bundle {
      val beats = UInt(log2Ceil(rows + 1).W)
      val note = noteType
    }))
    val fill = Flipped(Decoupled(words))
    val filling = Output(Bool())
    val out = Decoupled(words)
  })

  /** Row and places within it of a beat's words. */
  protected def place(beat: UInt, note: T): (UInt, Seq[UInt])

  private val buffer = Module(new OperandBuffer(p, slots, rows, noteType))
  buffer.io.begin.valid := io.begin.valid
  buffer.io.begin.bits.beats := io.begin.bits.beats
  buffer.io.begin.bits.note := io.begin.bits.note
  io.begin.ready := buffer.io.begin.ready
  buffer.io.fill <> io.fill
  io.filling := buffer.io.filling

  // Beats are numbered as fast as the outgoing queue takes them. A slot is given back when its last row has
  // been read; until then no beat of the next slot is numbered.
  private val depth = 8
  private val outgoing = Module(new Queue(words, depth))
  private val onTheWay = RegInit(0.U(log2Ceil(depth + 1).W))
  private val beat = RegInit(0.U(groupBits.W))
  private val draining = RegInit(false.B)
  private val numbered = buffer.io.full.valid && !draining && onTheWay < depth.U
  private val lastBeat = beat === (((1.U << io.degreeBits) >> p.laneBits) - 1.U)(groupBits - 1, 0)
  when(numbered) {
    beat := Mux(lastBeat, 0.U, beat + 1.U)
    when(lastBeat) { draining := true.B }
  }
  onTheWay := onTheWay + numbered.asUInt - io.out.fire.asUInt

  private val (row, places) = place(beat, buffer.io.full.bits)
  private val placed = (0 until placeLatency).foldLeft(numbered)((x, _) => RegNext(x, false.B))
  private val lastPlaced = (0 until placeLatency).foldLeft(numbered && lastBeat)((x, _) => RegNext(x, false.B))
  buffer.io.readEnable := placed
  buffer.io.readRow := row(buffer.io.readRow.getWidth - 1, 0)
  buffer.io.release := lastPlaced
  when(lastPlaced) { draining := false.B }
  outgoing.io.enq.valid := RegNext(placed, false.B)
  outgoing.io.enq.bits := VecInit(places.map(x => if (p.laneBits == 0) buffer.io.read(0) else buffer.io.read(RegNext(x))))
  assert(!outgoing.io.enq.valid || outgoing.io.enq.ready, "a rearranged beat is lost")
  io.out <> outgoing.io.deq
}

/** PERM: word k of the result is word bitrev(((2 bitrev(k) + 1) g mod 2N - 1) / 2). The P words of a row come
  * from one row: with k = m P + j, the sources of all j agree in the bits that choose the row.
  */
class Permuted(p: CoreParameters)
    extends Rearranged(p, p.permutationLimbs, p.groupsMax, UInt((p.degreeBitsMax + 1).W), 1) {

  protected def place(beat: UInt, galois: UInt): (UInt, Seq[UInt]) = {
    val rowBits = io.degreeBits - p.laneBits.U
    def reversed(x: UInt): UInt = (Reverse(x(groupBits - 1, 0)) >> (groupBits.U - rowBits))(groupBits - 1, 0)
    // ((2 r + 1) g - 1) / 2 for odd g.
    val base = Reg(UInt((groupBits + galois.getWidth).W))
    base := reversed(beat) * galois + (galois >> 1)
    val low = (base & ((1.U << rowBits) - 1.U))(groupBits - 1, 0)
    val places =
      if (p.laneBits == 0) Seq(0.U)
      else {
        val g = RegNext(galois(p.laneBits - 1, 0))
        val high = (base >> rowBits)(p.laneBits - 1, 0)
        Seq.tabulate(p.lanes) { j =>
          val reversedLane = Integer.reverse(j) >>> (32 - p.laneBits)
          Reverse((high + g * reversedLane.U)(p.laneBits - 1, 0))
        }
      }
    (reversed(low), places)
  }
}

/** How a short operand stands for a limb; see Repeat in the module ring. */
class RepeatNote extends Bundle {
  val shift = UInt(5.W)
  val mirrored = Bool()
}

/** A repeated operand b: word k is b[k >> s], or mirrored b[min(r, 2F - 1 - r)], r = k >> s. */
class Repeated(p: CoreParameters) extends Rearranged(p, 2, (p.groupsMax / 2).max(2), new RepeatNote, 0) {

  protected def place(beat: UInt, note: RepeatNote): (UInt, Seq[UInt]) = {
    val lanes = p.laneBits.U
    val first = Mux(
      note.shift >= lanes,
      beat >> (note.shift - lanes),
      (beat << (lanes - note.shift)(log2Ceil(p.laneBits + 2) - 1, 0)).asUInt
    )(p.indexBits - 1, 0)
    val secondHalf = (beat >> (io.degreeBits - lanes - 1.U))(0)
    val all = ((1.U << (io.degreeBits - note.shift)) - 1.U)(p.indexBits - 1, 0)
    val mirror = Mux(note.mirrored && secondHalf, all, 0.U)
    val places = Seq.tabulate(p.lanes) { j =>
      if (p.laneBits == 0) 0.U
      else {
        val offsets = VecInit.tabulate(p.laneBits)(s => (j >> s).U(p.laneBits.W))
        val small = if (p.laneBits == 1) offsets.head else offsets(note.shift(log2Ceil(p.laneBits) - 1, 0))
        val offset = Mux(note.shift >= lanes, 0.U, small)
        ((first | offset) ^ mirror)(p.laneBits - 1, 0)
      }
    }
    ((first ^ mirror) >> p.laneBits, places)
  }
}
