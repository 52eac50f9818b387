package io.cipherstream.fpga.cluster

import io.cipherstream.fpga.CoreSet
import chisel3._
import chisel3.util._
import io.cipherstream.fpga.shell._

/** Clusters that share programs, with the front end: takes a list of jobs, and for each reads its segment table, gives each
  * cluster its stream, and writes a result line when all have come to their END.
  *
  * @param clusters 1 or 2
  */
class ClusterCore(p: ClusterParameters, clusters: Int) extends Module {
  require(clusters == 1 || clusters == 2, s"$clusters clusters: expected 1 or 2")
  import Registers.Status
  private val core = p.core
  val io = IO(new Bundle {
    val control = Flipped(new AxiLite(12))
    val memory = Vec(clusters, new ClusterPorts)

    /** Results and, beside the stream of cluster 0, jobs and tables. */
    val outcome = new Axi4.Write(1)
    val interrupt = Output(Bool())
  })
  private val control = Module(new Control(core))
  control.io.axi <> io.control
  io.interrupt := control.io.interrupt
  private val arguments = control.io.arguments
  private val all = Seq.tabulate(clusters)(i => Module(new Cluster(p, i, clusters)))
  private val reader = Module(new LineReader(0, 1, core.burstBeats, core.aheadBeats, 64, marksEnds = true))
  private val writer = Module(new LineWriter(0, 1, 2))
  io.outcome <> writer.io.axi
  for ((cluster, ports) <- all.zip(io.memory)) {
    ports.limbs <> cluster.io.memory.limbs
    ports.results <> cluster.io.memory.results
    ports.streams <> cluster.io.memory.streams
  }
  private val join = Module(new ReadJoin(2, 1))
  join.io.in(0) <> reader.io.axi
  join.io.in(1) <> all.head.io.memory.program
  io.memory.head.program <> join.io.out
  for ((cluster, ports) <- all.zip(io.memory).tail) ports.program <> cluster.io.memory.program

  // Two clusters are linked both ways.
  for ((cluster, i) <- all.zipWithIndex) {
    if (clusters == 2) {
      val other = all(1 - i)
      cluster.io.from.row.valid := other.io.to.row.valid
      cluster.io.from.row.bits := other.io.to.row.bits
      other.io.to.row.ready := cluster.io.from.row.ready
      other.io.to.sent := cluster.io.from.sent
      cluster.io.from.asks := other.io.to.asks
      other.io.to.expected := cluster.io.from.expected
    } else {
      cluster.io.to.row.ready := true.B
      cluster.io.to.sent.valid := false.B
      cluster.io.to.sent.bits := 0.U
      cluster.io.to.expected.foreach(_ := false.B)
      cluster.io.from.row.valid := false.B
      cluster.io.from.row.bits := DontCare
      cluster.io.from.asks.foreach(_ := 0.U)
    }
  }

  private val idle :: moduli :: job :: segments :: begin :: running :: draining :: result :: next :: ending :: hung :: Nil = Enum(11)
  private val state = RegInit(idle)
  private val asked = RegInit(false.B)
  private val left = Reg(UInt(32.W))
  private val jobsLeft = Reg(UInt(32.W))
  private val jobAddress = Reg(UInt(64.W))
  private val current = Reg(Vec(8, UInt(64.W)))
  private val status = RegInit(0.U(8.W))
  private val failedInstruction = RegInit(0.U(32.W))
  private val failed = status =/= 0.U
  private val streamAsked = RegInit(VecInit.fill(clusters)(false.B))
  private val ended = RegInit(VecInit.fill(clusters)(false.B))
  private val degreeFits = arguments("degreeBits") >= core.degreeBitsMin.U && arguments("degreeBits") <= core.degreeBitsMax.U
  private val argumentsFit = degreeFits && arguments("modulusCount") <= core.moduli.U &&
    arguments("poolLines") < (BigInt(1) << 58).U
  private val start = control.io.start && state =/= hung
  private def streamLines(i: Int) = current(2)(32 * i + 31, 32 * i)
  private val segmentCount = current(4)(31, 0)
  // A host knows where its buffers lie only as arguments, so the places of a job count from the pool.
  private def inPool(offset: UInt) = arguments("pool") + offset

  private def fail(code: UInt, instruction: UInt): Unit = when(!failed) {
    status := code
    failedInstruction := instruction
  }
  private def phase(to: UInt, lines: UInt): Unit = {
    state := to
    asked := false.B
    left := lines
  }

  // Lines that the front end reads: moduli, a job, segments.
  private val lines = reader.io.out
  private val reading = state === moduli || state === job || state === segments
  reader.io.command.valid := reading && !asked && left =/= 0.U
  reader.io.command.bits.lines := left
  reader.io.command.bits.address := MuxLookup(state, arguments("tables"))(Seq(job -> jobAddress, segments -> inPool(current(3))))
  when(reader.io.command.fire) { asked := true.B }
  private def everywhere(ready: Cluster => Bool): Bool = all.map(ready).reduce(_ && _)
  lines.ready := MuxLookup(state, false.B)(
    Seq(
      moduli -> everywhere(_.io.modulusLines.ready),
      job -> true.B,
      segments -> everywhere(_.io.segmentLines.ready)
    )
  )
  when(reading && lines.fire && lines.bits.last) { left := 0.U }
  private val through = left === 0.U && !all.map(_.io.decoderBusy).reduce(_ || _)
  for ((cluster, i) <- all.zipWithIndex) {
    cluster.io.degreeBits := arguments("degreeBits")(core.degreeBitsWidth - 1, 0)
    cluster.io.segmentCount := segmentCount
    cluster.io.modulusCount := arguments("modulusCount")
    cluster.io.poolLines := arguments("poolLines")
    cluster.io.pool := arguments("pool")
    cluster.io.tables := arguments("tables")
    cluster.io.clearSegments := state === job
    cluster.io.clearModuli := start
    cluster.io.segmentLines.valid := lines.valid && state === segments
    cluster.io.segmentLines.bits := lines.bits.data
    // All take a line together: none waits while another is busy with it.
    cluster.io.modulusLines.valid := lines.fire && state === moduli
    cluster.io.modulusLines.bits := lines.bits.data(191, 0)
    cluster.io.begin := state === begin
    cluster.io.stream.valid := state === running && !streamAsked(i) && streamLines(i) =/= 0.U
    cluster.io.stream.bits.address := inPool(current(i))
    cluster.io.stream.bits.lines := streamLines(i)
    cluster.io.failed := failed
    when(cluster.io.stream.fire) { streamAsked(i) := true.B }
    when(cluster.io.ended) { ended(i) := true.B }
    when(cluster.io.error.valid) { fail(cluster.io.error.bits, cluster.io.instruction) }
    when(cluster.io.readError) { fail(Status.readError.U, cluster.io.instruction) }
    when(cluster.io.writeError) { fail(Status.writeError.U, cluster.io.instruction) }
  }
  when(reader.io.error) { fail(Status.readError.U, 0.U) }
  when(writer.io.error) { fail(Status.writeError.U, 0.U) }

  // The course of a run.
  private val quiet = all.map(_.io.idle).reduce(_ && _) && reader.io.idle
  when(state === moduli && through) { phase(next, 0.U) }
  when(state === next) {
    jobsLeft := jobsLeft - 1.U
    phase(job, 1.U)
    when(jobsLeft === 0.U || failed) { phase(ending, 0.U) }
  }
  when(state === job) {
    when(lines.fire) { current := lines.bits.data.asTypeOf(current) }
    when(left === 0.U) {
      jobAddress := jobAddress + Axi4.beatBytes.U
      phase(segments, (segmentCount +& 3.U) >> 2)
      when(segmentCount > core.segments.U) {
        fail(Status.badArgument.U, 0.U)
        phase(draining, 0.U)
      }
      // A job that could not be read does not say where its result belongs.
      when(failed) { phase(ending, 0.U) }
    }
  }
  when(state === segments && through) {
    phase(begin, 0.U)
    streamAsked.foreach(_ := false.B)
    ended.foreach(_ := false.B)
  }
  when(state === begin) { phase(running, 0.U) }
  when(state === running) {
    when(ended.asUInt.andR || (failed && streamAsked.asUInt.andR)) { phase(draining, 0.U) }
    for (i <- 0 until clusters) when(streamLines(i) === 0.U) { fail(Status.badArgument.U, 0.U) }
    for (i <- 0 until clusters) when(failed && streamLines(i) === 0.U) { streamAsked(i) := true.B }
  }
  when(state === draining && quiet && RegNext(quiet)) { phase(result, ClusterCore.resultLines.U) }
  when(state === result && writer.io.done) { phase(next, 0.U) }
  when(state === ending) { state := idle }
  when(start) {
    status := 0.U
    failedInstruction := 0.U
    jobsLeft := arguments("instructionCount")
    jobAddress := arguments("descriptors")
    phase(moduli, arguments("modulusCount"))
    when(!argumentsFit) {
      status := Status.badArgument.U
      phase(ending, 0.U)
    }
  }

  // Counters of a job and its result.
  private def counter(add: UInt): UInt = {
    val count = RegInit(0.U(64.W))
    count := Mux(state === job, 0.U, count + add)
    count
  }
  private val busy = state =/= idle && state =/= hung
  private val zeroWords = counter(all.map(_.io.zeros).reduce(_ +& _))
  private val cycles = counter((state === running || state === draining).asUInt)
  private val butterflies = counter(PopCount(all.map(_.io.rowIssued)))
  private val terms = counter(PopCount(all.map(_.io.termIssued)))
  private val rows = counter(PopCount(all.map(_.io.rowMoved)))
  private val operations = all.map(_.io.dispatched).reduce(_ + _)
  writer.io.command.valid := state === result && !asked
  writer.io.command.bits.address := inPool(current(5))
  writer.io.command.bits.lines := ClusterCore.resultLines.U
  when(writer.io.command.fire) { asked := true.B }
  writer.io.in.valid := state === result && asked && left =/= 0.U
  private val outcome = VecInit(
    Cat(failedInstruction, status.pad(32)),
    zeroWords,
    cycles,
    butterflies,
    terms,
    operations.pad(64),
    rows,
    Cat(CoreSet.version.U(32.W), Registers.magic.U(32.W))
  ).asUInt
  private val abilities = ClusterCore.capabilityLine(p, clusters).map(_._2.U(32.W)).reverse.reduce((high, low) => Cat(high, low))
  writer.io.in.bits := Mux(left === ClusterCore.resultLines.U, outcome, abilities)
  when(writer.io.in.fire) { left := left - 1.U }

  private val reads = io.memory.flatMap(_.reads)
  private val writes = io.memory.map(_.results) :+ io.outcome
  private val watchdog = Module(new Watchdog(reads.size, writes.size, core.watchdogCycles))
  watchdog.io.read := VecInit(reads.map(Watchdog.seen))
  watchdog.io.write := VecInit(writes.map(Watchdog.seen))
  private val gaveUp = busy && watchdog.io.expired
  when(gaveUp) {
    state := hung
    status := Status.memoryTimeout.U
  }
  control.io.done := state === ending || gaveUp || (state === hung && RegNext(control.io.start, false.B))
  control.io.status := status
  control.io.failedInstruction := failedInstruction
}

object ClusterCore {

  /** Lines that a job's result takes. */
  val resultLines: Int = 2

  /** 64-bit words of the first of them. */
  val resultWords: Seq[Registers.ResultWord] = Seq(
    Registers.ResultWord("status", "status (low half), line of the failed operation in its stream (high half)"),
    Registers.ResultWord("zeroWords", "zero words counted"),
    Registers.ResultWord("cycles", "cycles from the streams' start to the last answer"),
    Registers.ResultWord("butterflies", "rows of butterflies issued"),
    Registers.ResultWord("terms", "rows of product terms issued"),
    Registers.ResultWord("operations", "operations dispatched"),
    Registers.ResultWord("rows", "rows that passed port B of the scratchpads"),
    Registers.ResultWord("magic", "magic (low half), version (high half)")
  )

  /** The second of them: what the core can do, two 32-bit values a word, low half first. */
  def capabilityLine(p: ClusterParameters, clusters: Int): Seq[(String, Long)] = {
    val values = Seq(
      "magic" -> Registers.magic,
      "version" -> CoreSet.version.toLong,
      "wordBits" -> p.wordBits.toLong,
      "montgomeryBits" -> p.core.montgomeryBits.toLong,
      "lanes" -> p.core.lanes.toLong,
      "products" -> p.products.toLong,
      "streamWords" -> p.streamWords.toLong,
      "slots" -> p.slots.toLong,
      "clusters" -> clusters.toLong,
      "degreeBitsMin" -> p.core.degreeBitsMin.toLong,
      "degreeBitsMax" -> p.core.degreeBitsMax.toLong,
      "segments" -> p.core.segments.toLong,
      "moduli" -> p.core.moduli.toLong,
      "watchdogCycles" -> p.core.watchdogCycles.toLong
    )
    values ++ Seq.fill(16 - values.size)("" -> 0L)
  }
}
