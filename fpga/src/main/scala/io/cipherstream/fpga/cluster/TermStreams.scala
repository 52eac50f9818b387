package io.cipherstream.fpga.cluster

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.CoreSet
import io.cipherstream.fpga.arith.Delay
import io.cipherstream.fpga.shell.{Axi4, Line, Lines}

/** A read port of the ring of terms: the term two cycles after its place. */
class TermPort(p: ClusterParameters) extends Bundle {
  val at = Output(UInt(DotTerm.ringBits.W))
  val term = Input(new DotTerm(p))
}

/** What a DOT with streams asks of them. */
class StreamedDot extends Bundle {
  val first = UInt(DotTerm.ringBits.W)
  val terms = UInt(log2Ceil(CoreSet.termsMax + 1).W)
  val tag = UInt(log2Ceil(CoreSet.tags).W)
}

/** The streams of DOT from memory. A limb is fetched in chunks of 64 words, of a short operand the lines that a chunk needs, all
  * terms of a chunk before the next. Two operations have 128 places of a chunk's term each: so many chunks of n terms are on chip
  * or on their way as n goes into 128. A line that the chunk before had is not fetched again.
  */
class TermStreams(p: ClusterParameters) extends Module {
  private val lineWords = CoreSet.lineWords
  private val groups = p.products / lineWords
  private val chunkBits = log2Ceil(ClusterParameters.chunkWords)
  private val chunkLinesBits = chunkBits - log2Ceil(lineWords)
  private val rowsBits = chunkBits - p.productBits
  private val cBits = p.core.degreeBitsMax - chunkBits
  private val termBits = log2Ceil(CoreSet.termsMax)
  val addressBits: Int = 1 + TermStreams.placeBits + rowsBits

  val io = IO(new Bundle {
    val degreeBits = Input(UInt(p.core.degreeBitsWidth.W))
    val dot = Flipped(Decoupled(new StreamedDot))
    val port = new TermPort(p)
    val command = Decoupled(new Lines)
    val lines = Flipped(Decoupled(new Line))

    /** Pulses when a chunk is here, and when one is used up. */
    val here = Output(Bool())
    val used = Input(Bool())

    /** Pulses when the last chunk of an operation is used up. */
    val dotUsed = Input(Bool())
    val tagDone = Valid(UInt(log2Ceil(CoreSet.tags).W))

    /** The row [[TermStreams.readLatency]] cycles after its address. */
    val readAt = Input(UInt(addressBits.W))
    val read = Output(p.row)
  })
  private val lastChunk = Delay.step(((1.U << (io.degreeBits - chunkBits.U)) - 1.U)(cBits - 1, 0), cBits)

  // The walk: a term a cycle.
  private class Step extends Bundle {
    val chunk = UInt(cBits.W)
    val term = UInt(termBits.W)
    val toggle = Bool()
    val spread = UInt(3.W)
    val endsChunk = Bool()
    val endsDot = Bool()
    val tag = UInt(log2Ceil(CoreSet.tags).W)
  }
  private class Fetch extends Bundle {
    val fetches = Bool()
    val address = UInt(64.W)
    val lines = UInt((chunkLinesBits + 1).W)
    val set = UInt(TermStreams.placeBits.W)
    val step = new Step
  }
  private val ahead = 16
  private val active = RegInit(false.B)
  private val dot = Reg(new StreamedDot)
  private val toggle = RegInit(false.B)
  private val chunk = Reg(UInt(cBits.W))
  private val term = Reg(UInt(termBits.W))
  private val open = RegInit(0.U((TermStreams.placeBits + 1).W))
  private val most = Reg(UInt((TermStreams.placeBits + 1).W))
  private val dots = RegInit(0.U(2.W))
  private val held = RegInit(0.U(log2Ceil(ahead + 1).W))
  io.dot.ready := !active && dots =/= 2.U
  when(io.dot.fire) {
    active := true.B
    dot := io.dot.bits
    toggle := !toggle
    chunk := 0.U
    term := 0.U
    most := TermStreams.chunks(io.dot.bits.terms)
  }
  private val walks = active && held < (ahead - 2).U && (term =/= 0.U || open < most)
  private val step = Wire(new Step)
  step.chunk := chunk
  step.term := term
  step.toggle := toggle
  step.spread := TermStreams.spread(dot.terms)
  step.endsChunk := term +& 1.U === dot.terms
  step.endsDot := step.endsChunk && chunk === lastChunk
  step.tag := dot.tag
  io.port.at := dot.first + term
  when(walks) {
    term := Mux(step.endsChunk, 0.U, term + 1.U)
    when(step.endsChunk) {
      chunk := chunk + 1.U
      when(step.endsDot) { active := false.B }
    }
  }
  open := open + (walks && term === 0.U).asUInt - io.used.asUInt
  dots := dots + io.dot.fire.asUInt - io.dotUsed.asUInt

  // The term is here; which lines of it the chunk needs, and which the one before needed.
  private val valid2 = Delay.flag(walks, 2)
  private val step2 = RegNext(RegNext(step))
  private val term2 = io.port.term
  private val before2 = RegNext(RegNext(chunk - 1.U))
  private def mirrored(c: UInt) = c ^ Mux(term2.mirrored && (c << 1).asUInt > lastChunk, lastChunk, 0.U(cBits.W))
  private val valid3 = RegNext(valid2, false.B)
  private val (step3, term3) = (RegNext(step2), RegNext(term2))
  private val (chunk3, before3) = (RegNext(mirrored(step2.chunk)), RegNext(before2))
  private val deep3 = term3.repeatShift > chunkLinesBits.U
  private def group(c: UInt) = Mux(deep3, c >> (term3.repeatShift - chunkLinesBits.U), c)(cBits - 1, 0)
  private val set3 = group(step3.chunk)
  private val valid4 = RegNext(valid3, false.B)
  private val (step4, term4) = (RegNext(step3), RegNext(term3))
  private val group4 = RegNext(group(chunk3))
  private val same4 = RegNext(set3 === group(before3) && step3.chunk =/= 0.U)
  private val set4 = RegNext(set3)
  private val shift4 = RegNext(Mux(deep3, 0.U, chunkLinesBits.U - term3.repeatShift)(1, 0))
  private val fetch = Wire(new Fetch)
  fetch.fetches := term4.kind === DotTerm.memory.U && !same4
  fetch.address := term4.value + (group4 << shift4 << log2Ceil(Axi4.beatBytes))
  fetch.lines := (1.U << shift4)(chunkLinesBits, 0)
  fetch.set := set4.pad(TermStreams.placeBits)(TermStreams.placeBits - 1, 0)
  fetch.step := step4
  private val fetches = Module(new Queue(new Fetch, ahead))
  fetches.io.enq.valid := RegNext(valid4, false.B)
  fetches.io.enq.bits := RegNext(fetch)
  assert(!fetches.io.enq.valid || fetches.io.enq.ready, "a fetch that there is no room for")
  private val next = fetches.io.deq
  held := held + walks.asUInt - next.fire.asUInt

  // Commands to the reader; what comes back is told by the queue of fills.
  private class Fill extends Bundle {
    val lines = UInt((chunkLinesBits + 1).W)
    val set = UInt(TermStreams.placeBits.W)
    val step = new Step
  }
  private val fills = Module(new Queue(new Fill, 64))
  private val tells = next.bits.fetches || next.bits.step.endsChunk
  io.command.valid := next.valid && next.bits.fetches && fills.io.enq.ready
  io.command.bits.address := next.bits.address
  io.command.bits.lines := next.bits.lines
  next.ready := (!next.bits.fetches || io.command.ready) && (!tells || fills.io.enq.ready)
  fills.io.enq.valid := next.fire && tells
  fills.io.enq.bits.lines := Mux(next.bits.fetches, next.bits.lines, 0.U)
  fills.io.enq.bits.set := next.bits.set
  fills.io.enq.bits.step := next.bits.step

  // Lines to their places.
  private val fill = fills.io.deq
  private val line = RegInit(0.U(chunkLinesBits.W))
  private val none = fill.bits.lines === 0.U
  io.lines.ready := fill.valid && !none
  private val lastLine = io.lines.fire && line +& 1.U === fill.bits.lines
  fill.ready := none || lastLine
  when(io.lines.fire) { line := Mux(lastLine, 0.U, line + 1.U) }
  io.here := RegNext(fill.fire && fill.bits.step.endsChunk, false.B)
  io.tagDone.valid := RegNext(fill.fire && fill.bits.step.endsDot, false.B)
  io.tagDone.bits := RegNext(fill.bits.step.tag)

  private val groupBits = log2Ceil(groups)
  private val writeValid = RegNext(io.lines.fire, false.B)
  private val writeWords = RegNext(io.lines.bits.data)
  private val writeGroup = if (groups == 1) 0.U else RegNext(line(groupBits - 1, 0))
  private def place(step: Step, set: UInt, row: UInt): UInt = {
    val head = Cat(step.toggle, TermStreams.place(step.term, set, step.spread))
    if (rowsBits == 0) head else Cat(head, row(rowsBits - 1, 0))
  }
  private val writeAt = RegNext(place(fill.bits.step, fill.bits.set, line >> groupBits))
  io.read := VecInit((0 until groups).flatMap { i =>
    val memory = SyncReadMem(1 << addressBits, Vec(lineWords, p.word))
    val words = VecInit(writeWords.asTypeOf(Vec(lineWords, UInt(64.W))).map(_(p.wordBits - 1, 0)))
    when(writeValid && writeGroup === i.U) { memory.write(writeAt, words) }
    RegNext(RegNext(memory.read(io.readAt)))
  })
}

object TermStreams {

  /** Cycles from a row's address to the row: memory, its output register, one beside it. */
  val readLatency: Int = 3

  /** Bits of a place of a chunk's term, of those that an operation has. */
  val placeBits: Int = log2Ceil(CoreSet.termsMax) + 1

  /** log2 of a power of two that is not less than the number of terms. */
  def spread(terms: UInt): UInt = Log2((terms << 1).asUInt - 1.U)(2, 0)

  /** Chunks that there is room for. */
  def chunks(terms: UInt): UInt = ((1 << placeBits).U >> spread(terms))(placeBits, 0)

  /** The place of a term of a chunk, one of the sets of places that the operation's chunks use in turn. */
  def place(term: UInt, set: UInt, spread: UInt): UInt = ((set << spread)(placeBits - 1, 0) | term)(placeBits - 1, 0)
}
