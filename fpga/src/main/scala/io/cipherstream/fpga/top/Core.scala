package io.cipherstream.fpga.top

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.{CoreParameters, InstructionSet}
import io.cipherstream.fpga.ntt.NttUnit
import io.cipherstream.fpga.shell._
import io.cipherstream.fpga.vector.VectorUnit

/** The memory ports of a core. */
class MemoryPorts extends Bundle {

  /** Tables and descriptors in, the result line out. */
  val programRead = new Axi4.Read(1)
  val programWrite = new Axi4.Write(1)

  /** Limbs and root tables to the NTT unit, limbs from it. */
  val nttRead = new Axi4.Read(1)
  val nttWrite = new Axi4.Write(1)

  /** Operands a, b, d of the vector unit, its results. */
  val aRead = new Axi4.Read(1)
  val bRead = new Axi4.Read(1)
  val dRead = new Axi4.Read(1)
  val dWrite = new Axi4.Write(1)

  def reads: Seq[Axi4.Read] = Seq(programRead, nttRead, aRead, bRead, dRead)
  def writes: Seq[Axi4.Write] = Seq(programWrite, nttWrite, dWrite)
}

object Core {

  /** Beats of a burst with the result: it has two lines. */
  private val resultBeats = 2
}

/** The limb-program core: fetches descriptors, starts each instruction as soon as its operands are there, and
  * keeps the NTT unit and the vector unit busy at the same time.
  */
class Core(p: CoreParameters) extends Module {
  import Registers.Status
  val io = IO(new Bundle {
    val control = Flipped(new AxiLite(12))
    val memory = new MemoryPorts
    val interrupt = Output(Bool())
  })

  private val control = Module(new Control(p))
  control.io.axi <> io.control
  io.interrupt := control.io.interrupt
  private val arguments = control.io.arguments
  private val degreeBits = arguments("degreeBits")(p.degreeBitsWidth - 1, 0)
  private val limbLines = (1.U(17.W) << (arguments("degreeBits")(4, 0) - 3.U))(16, 0)

  private val decoder = Module(new Decoder(p))
  private val window = Module(new Window(p))
  private val ntt = Module(new NttUnit(p))
  private val vector = Module(new VectorUnit(p))
  private def reader(id: Int, wordBits: Int = p.wordBits, marksEnds: Boolean = false) =
    Module(new LineReader(id, 1, p.burstBeats, p.aheadBeats, wordBits, marksEnds))
  private def writer(burstBeats: Int = p.burstBeats) = Module(new LineWriter(0, 1, burstBeats))
  private val programReader = reader(0, wordBits = 64, marksEnds = true)
  private val (loadReader, tableReader) = (reader(0), reader(1))
  // A repeated operand b may be a single line, less than a beat of more than eight words: only a marked end ends that beat.
  private val bReader = reader(0, marksEnds = p.lanes > InstructionSet.lineWords)
  private val (aReader, dReader) = (reader(0), reader(0))
  private val (programWriter, nttWriter, dWriter) = (writer(Core.resultBeats), writer(), writer())
  private val nttJoin = Module(new ReadJoin(2, 1))
  nttJoin.io.in(0) <> loadReader.io.axi
  nttJoin.io.in(1) <> tableReader.io.axi
  io.memory.programRead <> programReader.io.axi
  io.memory.nttRead <> nttJoin.io.out
  io.memory.aRead <> aReader.io.axi
  io.memory.bRead <> bReader.io.axi
  io.memory.dRead <> dReader.io.axi
  io.memory.programWrite <> programWriter.io.axi
  io.memory.nttWrite <> nttWriter.io.axi
  io.memory.dWrite <> dWriter.io.axi

  // The course of a program.
  private val idle :: segments :: moduli :: descriptors :: draining :: result :: ending :: hung :: Nil = Enum(8)
  private val state = RegInit(idle)
  private val asked = RegInit(false.B)
  private val left = Reg(UInt(32.W))
  private val status = RegInit(0.U(8.W))
  private val failedInstruction = RegInit(0.U(32.W))
  private val failed = status =/= 0.U
  private val degreeFits = arguments("degreeBits") >= p.degreeBitsMin.U && arguments("degreeBits") <= p.degreeBitsMax.U
  private val argumentsFit = degreeFits && arguments("segmentCount") <= p.segments.U &&
    arguments("modulusCount") <= p.moduli.U && arguments("poolLines") <= (BigInt(1) << Stretch.lineBits).U
  private val units = ntt.io.idle && vector.io.idle && window.io.empty && !decoder.io.busy

  // A core whose memory did not answer starts nothing before a reset.
  private val start = control.io.start && state =/= hung

  private def fail(code: UInt, instruction: UInt): Unit = when(!failed) {
    status := code
    failedInstruction := instruction
  }
  private def phase(next: UInt, count: UInt): Unit = {
    state := next
    asked := false.B
    left := count
  }

  decoder.io.segmentCount := arguments("segmentCount")
  decoder.io.modulusCount := arguments("modulusCount")
  decoder.io.poolLines := arguments("poolLines")
  decoder.io.degreeBits := arguments("degreeBits")(4, 0)
  decoder.io.clear := start
  decoder.io.stop := failed
  private val lines = programReader.io.out
  for ((port, s) <- Seq(decoder.io.segmentLines -> segments, decoder.io.modulusLines -> moduli, decoder.io.descriptorLines -> descriptors)) {
    port.valid := lines.valid && state === s
    port.bits := lines.bits.data(port.bits.getWidth - 1, 0)
  }
  lines.ready := MuxLookup(state, false.B)(
    Seq(
      segments -> decoder.io.segmentLines.ready,
      moduli -> decoder.io.modulusLines.ready,
      descriptors -> decoder.io.descriptorLines.ready
    )
  )
  private val reading = state === segments || state === moduli || state === descriptors
  programReader.io.command.valid := reading && !asked && left =/= 0.U
  programReader.io.command.bits.lines := left
  programReader.io.command.bits.address := MuxLookup(state, arguments("descriptors"))(
    Seq(segments -> arguments("segments"), moduli -> arguments("tables"))
  )
  when(programReader.io.command.fire) { asked := true.B }
  when(reading && lines.fire && lines.bits.last) { left := 0.U }
  private val through = left === 0.U

  ntt.io.clearTables := false.B
  when(start) {
    status := 0.U
    failedInstruction := 0.U
    ntt.io.clearTables := true.B
    phase(segments, (arguments("segmentCount") +& 3.U) >> 2)
    when(!argumentsFit) {
      status := Status.badArgument.U
      phase(draining, 0.U)
    }
  }
  when(state === segments && through && !decoder.io.busy) { phase(moduli, arguments("modulusCount")) }
  when(state === moduli && through && !decoder.io.busy) {
    phase(descriptors, arguments("instructionCount"))
    when(failed) { phase(draining, 0.U) }
  }
  // With the last line taken the decoder may still hold a descriptor: it is busy until it has passed it on.
  when(state === descriptors && through && !decoder.io.busy) { phase(draining, 0.U) }
  private val writers = Seq(programWriter, nttWriter, dWriter)
  private val readers = Seq(programReader, loadReader, tableReader, aReader, bReader, dReader)
  private val quiet = units && writers.map(_.io.idle).reduce(_ && _) && readers.map(_.io.idle).reduce(_ && _)
  when(state === draining && quiet && RegNext(quiet)) { phase(result, Registers.resultLines.U) }

  when(decoder.io.error.valid) { fail(decoder.io.error.bits, decoder.io.instruction) }
  private val readError = readers.map(_.io.error).reduce(_ || _)
  private val writeError = writers.map(_.io.error).reduce(_ || _)
  when(readError) { fail(Status.readError.U, decoder.io.instruction) }
  when(writeError) { fail(Status.writeError.U, decoder.io.instruction) }

  // NTT unit: a limb's load, its transform and its store start together; the reader and the writer queue.
  window.io.insert <> decoder.io.out
  private def address(stretch: Stretch): UInt = arguments("pool") + (stretch.first << log2Ceil(Axi4.beatBytes))
  private val nttStart = window.io.start(0)
  private val nttRunning = Module(new Queue(chiselTypeOf(nttStart.bits.index), 8))
  private val nttCommands = Module(new Queue(chiselTypeOf(ntt.io.command.bits), 2))
  private val nttReady = loadReader.io.command.ready && nttCommands.io.enq.ready && nttWriter.io.command.ready && nttRunning.io.enq.ready
  nttStart.ready := nttReady
  private val nttFires = nttStart.valid && nttReady
  private val nttInstruction = nttStart.bits.instruction
  loadReader.io.command.valid := nttFires
  loadReader.io.command.bits.address := address(nttInstruction.a)
  loadReader.io.command.bits.lines := limbLines
  nttCommands.io.enq.valid := nttFires
  nttCommands.io.enq.bits.inverse := nttInstruction.opcode === InstructionSet("INTT").code.U
  nttCommands.io.enq.bits.modulusIndex := nttInstruction.modulusIndex
  nttCommands.io.enq.bits.modulus := nttInstruction.modulus
  ntt.io.command <> nttCommands.io.deq
  nttWriter.io.command.valid := nttFires
  nttWriter.io.command.bits.address := address(nttInstruction.d)
  nttWriter.io.command.bits.lines := limbLines
  nttRunning.io.enq.valid := nttFires
  nttRunning.io.enq.bits := nttStart.bits.index
  nttRunning.io.deq.ready := nttWriter.io.done
  window.io.done(0).valid := nttWriter.io.done
  window.io.done(0).bits := nttRunning.io.deq.bits

  private def beats(reader: LineReader) = {
    val widen = Module(new LinesToBeats(p, reader.marksEnds))
    widen.io.in <> reader.io.out
    widen.io.out
  }
  private def linesOf(out: DecoupledIO[Vec[UInt]], writer: LineWriter): Unit = {
    val narrow = Module(new BeatsToLines(p))
    narrow.io.in <> out
    writer.io.in <> narrow.io.out
  }
  ntt.io.degreeBits := degreeBits
  ntt.io.load <> beats(loadReader)
  ntt.io.table <> beats(tableReader)
  linesOf(ntt.io.store, nttWriter)
  decoder.io.tableOf := ntt.io.tableRequest.bits
  // A cycle after the request its table's line is known.
  private val tableKnown = ntt.io.tableRequest.valid && RegNext(ntt.io.tableRequest.valid, false.B)
  tableReader.io.command.valid := tableKnown
  ntt.io.tableRequest.ready := tableKnown && tableReader.io.command.ready
  tableReader.io.command.bits.address := arguments("tables") + (decoder.io.tableLine << log2Ceil(Axi4.beatBytes))
  tableReader.io.command.bits.lines := limbLines

  // Vector unit: likewise, with those of its ports that the instruction uses.
  private val vectorStart = window.io.start(1)
  private val v = vectorStart.bits.instruction
  private val writes = v.d.used
  private val readsD = VecInit(InstructionSet.instructions.filter(_.readsD).map(_.code.U === v.opcode)).asUInt.orR
  private val vectorRunning = Module(new Queue(chiselTypeOf(vectorStart.bits.index), 8))
  private val countRunning = Module(new Queue(chiselTypeOf(vectorStart.bits.index), 8))
  private val vectorCommands = Module(new Queue(chiselTypeOf(vector.io.command.bits), 2))
  private val vectorReady = aReader.io.command.ready && bReader.io.command.ready && dReader.io.command.ready &&
    vectorCommands.io.enq.ready && dWriter.io.command.ready && vectorRunning.io.enq.ready && countRunning.io.enq.ready
  vectorStart.ready := vectorReady
  private val vectorFires = vectorStart.valid && vectorReady
  for ((reader, stretch, used) <- Seq((aReader, v.a, v.a.used), (bReader, v.b, v.b.used), (dReader, v.d, readsD))) {
    reader.io.command.valid := vectorFires && used
    reader.io.command.bits.address := address(stretch)
    reader.io.command.bits.lines := stretch.lines
  }
  dWriter.io.command.valid := vectorFires && writes
  dWriter.io.command.bits.address := address(v.d)
  dWriter.io.command.bits.lines := limbLines
  vectorCommands.io.enq.valid := vectorFires
  vectorCommands.io.enq.bits.opcode := v.opcode
  vectorCommands.io.enq.bits.modulus := v.modulus
  vectorCommands.io.enq.bits.rSquared := v.rSquared
  vectorCommands.io.enq.bits.constant := v.constant
  vectorCommands.io.enq.bits.galois := v.galois
  vectorCommands.io.enq.bits.repeat := v.repeat
  vector.io.command <> vectorCommands.io.deq
  vectorRunning.io.enq.valid := vectorFires && writes
  vectorRunning.io.enq.bits := vectorStart.bits.index
  countRunning.io.enq.valid := vectorFires && !writes
  countRunning.io.enq.bits := vectorStart.bits.index
  vectorRunning.io.deq.ready := dWriter.io.done
  window.io.done(1).valid := dWriter.io.done
  window.io.done(1).bits := vectorRunning.io.deq.bits
  countRunning.io.deq.ready := vector.io.counted
  window.io.done(2).valid := vector.io.counted
  window.io.done(2).bits := countRunning.io.deq.bits
  vector.io.degreeBits := degreeBits
  vector.io.a <> beats(aReader)
  vector.io.b <> beats(bReader)
  vector.io.d <> beats(dReader)
  linesOf(vector.io.out, dWriter)

  // Counters and the result line.
  private def counter(add: UInt): UInt = {
    val count = RegInit(0.U(64.W))
    count := Mux(start, 0.U, count + add)
    count
  }
  private val running = state =/= idle && state =/= hung
  private val zeroWords = counter(Mux(vector.io.zeros.valid, vector.io.zeros.bits, 0.U))
  private val cycles = counter(running.asUInt)
  private val nttRows = counter(ntt.io.rowIssued.asUInt)
  private val vectorBeats = counter(vector.io.beatIssued.asUInt)
  private val finished = counter(PopCount(window.io.done.map(_.valid)))
  private val both = counter((ntt.io.rowIssued && vector.io.beatIssued).asUInt)
  programWriter.io.command.valid := state === result && !asked
  programWriter.io.command.bits.address := arguments("result")
  programWriter.io.command.bits.lines := Registers.resultLines.U
  when(programWriter.io.command.fire) { asked := true.B }
  programWriter.io.in.valid := state === result && asked && left =/= 0.U
  private val outcome = VecInit(
    Cat(failedInstruction, status.pad(32)),
    zeroWords,
    cycles,
    nttRows,
    vectorBeats,
    finished,
    both,
    Cat(InstructionSet.version.U(32.W), Registers.magic.U(32.W))
  ).asUInt
  private val abilities = Registers.capabilityLine(p).map(_._2.U(32.W)).reverse.reduce((high, low) => Cat(high, low))
  programWriter.io.in.bits := Mux(left === Registers.resultLines.U, outcome, abilities)
  when(programWriter.io.in.fire) { left := left - 1.U }
  when(state === result && programWriter.io.done) { state := ending }
  when(state === ending) { state := idle }

  private val watchdog = Module(new Watchdog(5, 3, p.watchdogCycles))
  watchdog.io.read := VecInit(io.memory.reads.map(Watchdog.seen))
  watchdog.io.write := VecInit(io.memory.writes.map(Watchdog.seen))
  private val gaveUp = running && watchdog.io.expired
  when(gaveUp) {
    state := hung
    status := Status.memoryTimeout.U
    failedInstruction := decoder.io.instruction
  }
  // A start that comes afterwards ends at once, with the same status.
  control.io.done := state === ending || gaveUp || (state === hung && RegNext(control.io.start, false.B))
  control.io.status := status
  control.io.failedInstruction := failedInstruction
}
