package io.cipherstream.fpga.cluster

import io.cipherstream.fpga.CoreSet
import chisel3._
import chisel3.util._
import io.cipherstream.fpga.arith.{Delay, Residue}
import io.cipherstream.fpga.shell.{Line, Lines}

/** DOT: row by row, the terms of a row one a cycle (two where both factors are in slots), their sums through the reduction to the
  * result's slots. While an operation runs, the next one's operands are waited for, and the slots of the last one are given
  * back.
  */
class DotUnit(p: ClusterParameters) extends Module {
  private val termBits = log2Ceil(CoreSet.termsMax)
  private val addressBits = p.slotBits + p.rowBits
  val io = IO(new Bundle {
    val degreeBits = Input(UInt(p.core.degreeBitsWidth.W))
    val op = Flipped(Decoupled(new Operation(p)))
    val query = new SlotQuery(p)

    /** Reads of the ring of terms. */
    val ports = Vec(4, new TermPort(p))
    val portA = Output(Valid(UInt(addressBits.W)))
    val rowA = Input(p.row)
    val left = Decoupled(UInt(p.slotBits.W))
    val write = Decoupled(new RowWrite(p))
    val link = Decoupled(new LinkRow(p))
    val done = Valid(new SlotRef(p))
    val tagDone = Valid(UInt(log2Ceil(CoreSet.tags).W))

    /** Pulses with an operation's last term, and how many places of the ring are free again. */
    val freed = Valid(UInt(log2Ceil(CoreSet.termsMax + 1).W))
    val command = Decoupled(new Lines)
    val lines = Flipped(Decoupled(new Line))

    /** A term is multiplied in this cycle. */
    val termIssued = Output(Bool())
  })
  private val lastRow = SlotStreams.lastRow(p, io.degreeBits)

  // Streams are fetched from dispatch on.
  private val streams = Module(new TermStreams(p))
  private val streamed = Module(new Queue(new StreamedDot, CoreQueue.depth))
  private val ops = Module(new Queue(new Operation(p), CoreQueue.depth))
  io.op.ready := streamed.io.enq.ready && ops.io.enq.ready
  ops.io.enq.valid := io.op.fire
  ops.io.enq.bits := io.op.bits
  streamed.io.enq.valid := io.op.fire && io.op.bits.streams
  streamed.io.enq.bits.first := io.op.bits.first
  streamed.io.enq.bits.terms := io.op.bits.terms
  streamed.io.enq.bits.tag := io.op.bits.tag
  streams.io.degreeBits := io.degreeBits
  streams.io.dot <> streamed.io.deq
  streams.io.port <> io.ports(0)
  io.command <> streams.io.command
  streams.io.lines <> io.lines
  io.tagDone := streams.io.tagDone

  // Waiting for operands: a term after the other, then for the other cluster.
  private val idle :: fetching :: asking :: passing :: Nil = Enum(4)
  private val state = RegInit(idle)
  private val checked = Reg(new Operation(p))
  private val checkTerm = Reg(UInt(termBits.W))
  private val settle = Reg(UInt(3.W))
  io.ports(1).at := checked.first + checkTerm
  private val asked = io.ports(1).term
  io.query.slots(0) := asked.a
  io.query.slots(1) := asked.b
  io.query.remote := checked.remote.slot
  private def free(i: Int, slot: UInt) = !io.query.pending(i) || (checked.d.used && checked.d.slot === slot)
  private val termReady = RegNext(free(0, asked.a) && (asked.kind =/= DotTerm.slot.U || free(1, asked.b)), false.B)
  ops.io.deq.ready := state === idle
  when(ops.io.deq.fire) {
    checked := ops.io.deq.bits
    checkTerm := 0.U
    state := fetching
    settle := 6.U
  }
  when(state === fetching) {
    when(settle =/= 0.U) { settle := settle - 1.U }
      .elsewhen(termReady) {
        settle := 6.U
        checkTerm := checkTerm + 1.U
        when(checkTerm +& 1.U === checked.terms) { state := asking }
      }
  }
  when(state === asking) {
    when(settle =/= 0.U) { settle := settle - 1.U }
      .elsewhen(!checked.remote.used || io.query.expected) { state := passing }
  }

  // Running: the walk over rows and terms, ahead of the products.
  private class Issue extends Bundle {
    val term = new DotTerm(p)
    val index = UInt(termBits.W)
    val row = UInt(p.rowBits.W)
    val toggle = Bool()
    val streams = Bool()
    val spread = UInt(3.W)
    val endsDot = Bool()
    val first = Bool()
    val last = Bool()
    val keeps = Bool()
    val adds = Bool()
    val endsChunk = Bool()
    val beginsChunk = Bool()
  }
  private val ahead = 8
  private val running = RegInit(false.B)
  private val run = Reg(new Operation(p))
  private val row = Reg(UInt(p.rowBits.W))
  private val term = Reg(UInt(termBits.W))
  private val toggle = RegInit(false.B)
  private val walked = Module(new Queue(new Issue, ahead))
  private val held = RegInit(0.U(log2Ceil(ahead + 1).W))
  private val writer = Module(new SlotWriter(p, p.streamWords))
  private val moduli = Module(new Queue(new Operation(p), 4))
  writer.io.degreeBits := io.degreeBits
  private val begins = state === passing && !running && writer.io.start.ready && moduli.io.enq.ready
  writer.io.start.valid := begins
  writer.io.start.bits.of(checked)
  moduli.io.enq.valid := begins
  moduli.io.enq.bits := checked
  when(begins) {
    state := idle
    running := true.B
    run := checked
    row := 0.U
    term := 0.U
    when(checked.streams) { toggle := !toggle }
  }
  private val chunkRows = ClusterParameters.chunkWords / p.products
  private def inChunk(x: UInt) = if (chunkRows == 1) 0.U else x(log2Ceil(chunkRows) - 1, 0)
  private val half = CoreSet.sumTermsMax
  private val lastTerm = term +& 1.U === run.terms
  private val walks = running && held < (ahead - 1).U
  private val issue = Wire(new Issue)
  issue.term := DontCare
  issue.index := term
  issue.row := row
  issue.toggle := toggle
  issue.streams := run.streams
  issue.spread := TermStreams.spread(run.terms)
  issue.endsDot := issue.endsChunk && row === lastRow
  issue.first := term === 0.U || term === half.U
  issue.last := lastTerm || term === (half - 1).U
  issue.keeps := !lastTerm
  issue.adds := term >= half.U
  issue.endsChunk := run.streams && lastTerm && inChunk(row) === (chunkRows - 1).U
  issue.beginsChunk := run.streams && term === 0.U && inChunk(row) === 0.U
  io.ports(2).at := run.first + term
  private val ends = walks && lastTerm && row === lastRow
  when(walks) {
    term := Mux(lastTerm, 0.U, term + 1.U)
    when(lastTerm) { row := row + 1.U }
    when(ends) { running := false.B }
  }
  walked.io.enq.valid := Delay.flag(walks, 2)
  walked.io.enq.bits := RegNext(RegNext(issue))
  walked.io.enq.bits.term := io.ports(2).term
  assert(!walked.io.enq.valid || walked.io.enq.ready, "a term that there is no room for")
  held := held + walks.asUInt - walked.io.deq.fire.asUInt

  // Issue. A sum is begun only if its blocks will have room; sums end at least as far apart as they take to leave.
  private val reduceLatency = SumReduction.latency(p)
  private val latency = TermRows.latency(p) + ProductLanes.latency + 1 + reduceLatency + 2
  private val depth = 1 << log2Ceil(latency + 3 * p.parts + 8)
  private val sums = Module(new Queue(p.block, depth))
  private val blocks = RegInit(0.U(log2Ceil(depth + 1).W))
  private val room = RegNext(blocks <= (depth - 2 * p.parts).U, false.B)
  private val apart = RegInit(0.U(log2Ceil(p.parts + 1).W))
  private val chunks = RegInit(0.U((TermStreams.placeBits + 1).W))
  private val next = walked.io.deq.bits
  private val second = RegInit(false.B)
  private val pair = next.term.kind === DotTerm.slot.U
  private val may = walked.io.deq.valid && (!next.last || (apart === 0.U && room)) && (!next.beginsChunk || chunks =/= 0.U)
  private val issuesB = may && pair && !second
  private val issues = may && (!pair || second)
  walked.io.deq.ready := issues
  when(issuesB) { second := true.B }
  when(issues) { second := false.B }
  private val endsSum = issues && next.last
  apart := Mux(endsSum, (p.parts - 1).U, Mux(apart === 0.U, 0.U, apart - 1.U))
  chunks := chunks + streams.io.here.asUInt - (issues && next.beginsChunk).asUInt
  streams.io.used := Delay.flag(issues && next.endsChunk, 8)
  streams.io.dotUsed := Delay.flag(issues && next.endsDot, 8)
  io.termIssued := RegNext(issues, false.B)

  // Rows of slots: asked for as late as those of streams take to be put in order.
  private val rows = Module(new TermRows(p, streams.addressBits))
  rows.io.degreeBits := io.degreeBits
  rows.io.row := RegNext(next.row)
  rows.io.term := RegNext(next.index)
  rows.io.toggle := RegNext(next.toggle)
  rows.io.spread := RegNext(next.spread)
  rows.io.shift := RegNext(next.term.repeatShift)
  rows.io.mirrored := RegNext(next.term.mirrored)
  streams.io.readAt := rows.io.readAt
  rows.io.read := streams.io.read
  private val late = 1 + TermRows.latency(p) - Scratchpad.latencyA
  io.portA.valid := Delay.flag(issues || issuesB, late)
  io.portA.bits := Delay(Cat(Mux(issuesB, next.term.b, next.term.a), next.row), late)
  private val arrives = 1 + TermRows.latency(p)
  private val isB = Delay.flag(issuesB, arrives)
  private val pairRow = RegEnable(io.rowA, isB)
  private val lanes = Module(new ProductLanes(p))
  private val beside = Delay(
    Seq(next.term.value(p.wordBits - 1, 0), next.term.kind, next.first.asUInt, next.last.asUInt, next.keeps.asUInt, next.adds.asUInt),
    arrives
  )
  private val (constant, kind) = (beside(0), beside(1))
  lanes.io.valid := RegNext(Delay.flag(issues, arrives), false.B)
  lanes.io.first := RegNext(beside(2).asBool)
  lanes.io.last := RegNext(beside(3).asBool)
  lanes.io.a := RegNext(io.rowA)
  for (lane <- 0 until p.products) {
    val b = Mux(kind === DotTerm.slot.U, pairRow(lane), Mux(kind === DotTerm.memory.U, rows.io.words(lane), constant))
    lanes.io.b(lane) := Delay.step(b, p.wordBits)
  }

  // Sums leave a block a cycle.
  private val keepsFresh = Delay(Seq(beside(4), beside(5)), 1 + ProductLanes.latency)
  private val leaving = RegInit(0.U(log2Ceil(p.parts + 1).W))
  private val part = Reg(UInt(log2Ceil(p.parts).max(1).W))
  private val flags = Reg(Vec(2, Bool()))
  when(lanes.io.fresh) {
    leaving := p.parts.U
    part := 0.U
    flags := VecInit(keepsFresh.map(_.asBool))
  }.elsewhen(leaving =/= 0.U) {
    leaving := leaving - 1.U
    part := part + 1.U
  }
  private val leaves = leaving =/= 0.U
  private val reduction = Module(new SumReduction(p))
  private val grouped = VecInit(lanes.io.sums.grouped(p.streamWords).map(g => VecInit(g)).toSeq)
  reduction.io.sums := RegNext(if (p.parts == 1) grouped(0) else grouped(part))
  private val leavingBlock = RegInit(0.U((p.blockBits + 1).W))
  private val blocksOfLimb = Delay.step(((1.U << io.degreeBits) >> p.streamBits)(p.blockBits, 0), p.blockBits + 1)
  private val modulus = moduli.io.deq.bits
  private val lastBlock = leavingBlock + 1.U === blocksOfLimb
  moduli.io.deq.ready := leaves && !flags(0) && lastBlock
  when(leaves && !flags(0)) { leavingBlock := Mux(lastBlock, 0.U, leavingBlock + 1.U) }
  reduction.io.modulus := RegNext(modulus.modulus)
  reduction.io.factor := RegNext(modulus.sum)
  private val out = Delay.flag(leaves, 1 + reduceLatency)
  private val outFlags = Delay(flags.map(_.asUInt), 1 + reduceLatency)
  private val kept = Module(new Queue(p.block, p.parts.max(2)))
  private val (keeps, adds) = (outFlags(0).asBool, outFlags(1).asBool)
  kept.io.enq.valid := out && keeps
  kept.io.enq.bits := reduction.io.residues
  kept.io.deq.ready := out && adds
  assert(!kept.io.enq.valid || kept.io.enq.ready, "a partial sum that there is no room for")
  private val outModulus = Delay(modulus.modulus, 1 + reduceLatency)
  sums.io.enq.valid := RegNext(out && !keeps, false.B)
  sums.io.enq.bits := VecInit(reduction.io.residues.zip(kept.io.deq.bits).map { case (s, k) =>
    Delay.step(Mux(adds, Residue.add(s, k, outModulus), s), p.wordBits)
  })
  assert(!sums.io.enq.valid || sums.io.enq.ready, "a sum that there is no room for")
  writer.io.in <> sums.io.deq
  blocks := blocks + Mux(endsSum && !next.keeps, p.parts.U, 0.U) - sums.io.deq.fire.asUInt
  io.write <> writer.io.request
  io.link <> writer.io.link
  io.done := writer.io.done

  // Giving back: when the last row of all terms has been read.
  private val release = Module(new Queue(new StreamedDot, 4))
  private val ended = Wire(new StreamedDot)
  ended.first := run.first
  ended.terms := run.terms
  ended.tag := 0.U
  release.io.enq.valid := RegNext(ends, false.B)
  release.io.enq.bits := RegNext(ended)
  assert(!release.io.enq.valid || release.io.enq.ready, "slots to give back are lost")
  // What has been walked is issued and read when nothing walked before is left.
  private val releasing = RegInit(false.B)
  private val releaseTerm = Reg(UInt(termBits.W))
  private val releaseWait = RegInit(0.U(6.W))
  private val releaseB = RegInit(false.B)
  io.ports(3).at := release.io.deq.bits.first + releaseTerm
  private val returned = io.ports(3).term
  release.io.deq.ready := false.B
  io.left.valid := false.B
  io.left.bits := Mux(releaseB, returned.b, returned.a)
  io.freed.valid := false.B
  io.freed.bits := release.io.deq.bits.terms
  private val issued = RegInit(0.U(3.W))
  issued := issued + Delay.flag(issues && next.last && !next.keeps && next.row === lastRow, TermRows.latency(p) + 6).asUInt -
    release.io.deq.fire.asUInt
  when(!releasing) {
    when(release.io.deq.valid && issued =/= 0.U) {
      releasing := true.B
      releaseTerm := 0.U
      releaseWait := 3.U
      releaseB := false.B
    }
  }.elsewhen(releaseWait =/= 0.U) {
    releaseWait := releaseWait - 1.U
  }.otherwise {
    io.left.valid := true.B
    when(io.left.ready) {
      when(!releaseB && returned.kind === DotTerm.slot.U) {
        releaseB := true.B
      }.otherwise {
        releaseB := false.B
        releaseTerm := releaseTerm + 1.U
        releaseWait := 3.U
        when(releaseTerm +& 1.U === release.io.deq.bits.terms) {
          releasing := false.B
          release.io.deq.ready := true.B
          io.freed.valid := true.B
        }
      }
    }
  }
}
