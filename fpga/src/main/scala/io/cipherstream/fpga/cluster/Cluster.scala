package io.cipherstream.fpga.cluster

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.arith.Delay
import io.cipherstream.fpga.shell._

/** The memory ports of a cluster. */
class ClusterPorts extends Bundle {

  /** Streams of operations. */
  val program = new Axi4.Read(1)

  /** Limbs of LOAD and root tables in, limbs of STORE out. */
  val limbs = new Axi4.Read(1)
  val results = new Axi4.Write(1)

  /** Streams of DOT and MAP. */
  val streams = new Axi4.Read(1)

  def reads: Seq[Axi4.Read] = Seq(program, limbs, streams)
}

/** Rows to another cluster and what is said about them. */
class ClusterLink(p: ClusterParameters) extends Bundle {
  val row = Decoupled(new LinkRow(p))

  /** A limb has arrived there. */
  val sent = Input(Valid(UInt(p.slotBits.W)))

  /** Whether the other cluster waits for its slot. */
  val asks = Output(Vec(ClusterLink.senders, UInt(p.slotBits.W)))
  val expected = Input(Vec(ClusterLink.senders, Bool()))
}

object ClusterLink {

  /** Units that send: transforms, MAP, DOT, LOAD. */
  val senders = 4
}

/** One cluster: a stream of operations in, dispatched to its units, which work on its scratchpad. */
class Cluster(p: ClusterParameters, index: Int, clusters: Int) extends Module {
  private val core = p.core
  val io = IO(new Bundle {
    val degreeBits = Input(UInt(core.degreeBitsWidth.W))
    val segmentCount = Input(UInt(32.W))
    val modulusCount = Input(UInt(32.W))
    val poolLines = Input(UInt(64.W))
    val pool = Input(UInt(64.W))
    val tables = Input(UInt(64.W))
    val clearSegments = Input(Bool())
    val clearModuli = Input(Bool())
    val segmentLines = Flipped(Decoupled(UInt(512.W)))
    val modulusLines = Flipped(Decoupled(UInt(192.W)))

    /** Where the stream lies; begins it. */
    val stream = Flipped(Decoupled(new Lines))
    val begin = Input(Bool())

    /** A program has failed, here or elsewhere. */
    val failed = Input(Bool())
    val memory = new ClusterPorts
    val to = new ClusterLink(p)
    val from = Flipped(new ClusterLink(p))

    /** Pulses at END; and at errors of the program, reads and writes. */
    val ended = Output(Bool())
    val error = Valid(UInt(8.W))
    val readError = Output(Bool())
    val writeError = Output(Bool())
    val instruction = Output(UInt(32.W))
    val decoderBusy = Output(Bool())
    val idle = Output(Bool())

    /** What happens in a cycle, for the counters. */
    val zeros = Output(UInt(8.W))
    val rowIssued = Output(Bool())
    val termIssued = Output(Bool())
    val rowMoved = Output(Bool())
    val dispatched = Output(UInt(32.W))
  })
  private def reader(id: Int, wordBits: Int = p.wordBits, marksEnds: Boolean = false) =
    Module(new LineReader(id, 1, core.burstBeats, core.aheadBeats, wordBits, marksEnds))
  private val programReader = reader(if (index == 0) 1 else 0, wordBits = 64, marksEnds = true)
  private val (loadReader, tableReader) = (reader(0), reader(1))
  private val (dotReader, mapReader) = (reader(0), reader(1, marksEnds = true))
  private val writer = Module(new LineWriter(0, 1, core.burstBeats))
  private def join(readers: LineReader*): Axi4.Read = {
    val both = Module(new ReadJoin(readers.size, 1))
    both.io.in.zip(readers).foreach { case (in, r) => in <> r.io.axi }
    both.io.out
  }
  io.memory.program <> programReader.io.axi
  io.memory.limbs <> join(loadReader, tableReader)
  io.memory.streams <> join(dotReader, mapReader)
  io.memory.results <> writer.io.axi

  private val decoder = Module(new CoreDecoder(p, index, clusters))
  private val dispatcher = Module(new Dispatcher(p))
  private val transform = Module(new PassUnit(p, transforms = true))
  private val map = Module(new PassUnit(p, transforms = false))
  private val dot = Module(new DotUnit(p))
  private val load = Module(new LoadUnit(p))
  private val store = Module(new StoreUnit(p))
  for (d <- Seq(transform.io.degreeBits, map.io.degreeBits, dot.io.degreeBits, load.io.degreeBits, store.io.degreeBits))
    d := io.degreeBits

  decoder.io.segmentCount := io.segmentCount
  decoder.io.modulusCount := io.modulusCount
  decoder.io.poolLines := io.poolLines
  decoder.io.pool := io.pool
  decoder.io.degreeBits := io.degreeBits
  decoder.io.clearSegments := io.clearSegments
  decoder.io.clearModuli := io.clearModuli
  decoder.io.segmentLines <> io.segmentLines
  decoder.io.modulusLines <> io.modulusLines
  decoder.io.begin := io.begin
  decoder.io.stop := io.failed
  programReader.io.command <> io.stream
  decoder.io.lines <> programReader.io.out

  // The ring of terms: a copy for each that reads it.
  private val termPorts = dot.io.ports.toSeq :+ dispatcher.io.port
  for (port <- termPorts) {
    val ring = SyncReadMem(1 << DotTerm.ringBits, new DotTerm(p))
    when(decoder.io.term.valid) { ring.write(decoder.io.term.bits.at, decoder.io.term.bits.term) }
    port.term := RegNext(ring.read(port.at))
  }
  decoder.io.freed := dot.io.freed

  // Dispatch.
  dispatcher.io.op <> Queue(decoder.io.out, 2)
  dispatcher.io.stop := io.failed
  dispatcher.io.clear := io.begin
  transform.io.op <> dispatcher.io.units(Units.transform)
  dot.io.op <> dispatcher.io.units(Units.dot)
  store.io.op <> dispatcher.io.units(Units.store)
  private val toLoad = dispatcher.io.units(Units.load)
  toLoad.ready := load.io.op.ready && loadReader.io.command.ready
  load.io.op.valid := toLoad.valid
  load.io.op.bits := toLoad.bits
  loadReader.io.command.valid := toLoad.valid
  loadReader.io.command.bits.address := toLoad.bits.address
  loadReader.io.command.bits.lines := toLoad.bits.lines
  private val toMap = dispatcher.io.units(Units.map)
  private val mapStream = Module(new MapStream(p))
  private val streams = toMap.bits.has("MEMORY_A")
  toMap.ready := map.io.op.ready && mapReader.io.command.ready && mapStream.io.operand.ready
  map.io.op.valid := toMap.valid
  map.io.op.bits := toMap.bits
  mapReader.io.command.valid := toMap.valid && streams
  mapReader.io.command.bits.address := toMap.bits.address
  mapReader.io.command.bits.lines := toMap.bits.lines
  mapStream.io.operand.valid := toMap.valid && streams
  mapStream.io.operand.bits.shift := toMap.bits.repeatShift
  mapStream.io.operand.bits.mirrored := toMap.bits.mirrored
  mapStream.io.operand.bits.lines := toMap.bits.lines

  // Memory.
  private val loadBeats = Module(new LinesToBeats(core.copy(lanes = p.loadWords), marked = false))
  loadBeats.io.in <> loadReader.io.out
  load.io.memory <> loadBeats.io.out
  mapStream.io.degreeBits := io.degreeBits
  mapStream.io.lines <> mapReader.io.out
  map.io.memory <> mapStream.io.out
  transform.io.memory.valid := false.B
  transform.io.memory.bits := DontCare
  dotReader.io.command <> dot.io.command
  dot.io.lines <> dotReader.io.out
  writer.io.command <> store.io.command
  writer.io.in <> store.io.lines
  store.io.written := writer.io.done
  private val tableBeats = Module(new LinesToBeats(core, marked = false))
  tableBeats.io.in <> tableReader.io.out
  transform.io.table <> tableBeats.io.out
  transform.io.clearTables := io.clearModuli
  decoder.io.tableOf := transform.io.tableRequest.bits
  private val tableAsked = transform.io.tableRequest.valid
  private val tableKnown = tableAsked && RegNext(tableAsked && RegNext(tableAsked, false.B), false.B)
  tableReader.io.command.valid := tableKnown
  transform.io.tableRequest.ready := tableKnown && tableReader.io.command.ready
  tableReader.io.command.bits.address := io.tables + (decoder.io.tableLine << log2Ceil(Axi4.beatBytes))
  tableReader.io.command.bits.lines := (1.U << (io.degreeBits - 3.U))(core.degreeBitsMax - 3, 0)
  map.io.table.valid := false.B
  map.io.table.bits := DontCare
  map.io.tableRequest.ready := false.B
  map.io.clearTables := false.B

  // Scratchpad: rows in and out of port B, port A for the products.
  private val ports = Seq(transform.io.ports, map.io.ports, store.io.ports)
  private val requests = ports.flatMap(_.reads)
  private val writes = Seq(transform.io.write, map.io.write, dot.io.write, load.io.write)
  private val scratchpad = Module(new Scratchpad(p, requests.size, writes.size + 1))
  scratchpad.io.reads.zip(requests).foreach { case (port, r) => port <> r }
  ports.flatMap(_.rows).zip(scratchpad.io.rows).foreach { case (row, r) => row := r }
  scratchpad.io.a := dot.io.portA
  dot.io.rowA := scratchpad.io.rowA
  for ((port, w) <- scratchpad.io.writes.zip(writes)) port <> Queue(w, 2)

  // What comes from the other cluster.
  private val come = Queue(io.from.row, 2)
  private val comes = scratchpad.io.writes.last
  private val arrived = Module(new Queue(UInt(p.slotBits.W), 2))
  comes.valid := come.valid && arrived.io.enq.ready
  comes.bits := come.bits.write
  come.ready := comes.ready && arrived.io.enq.ready
  arrived.io.enq.valid := come.fire && come.bits.last
  arrived.io.enq.bits := come.bits.slot

  // Scoreboard.
  private val loadQueries = Seq(transform.io.loadQuery, map.io.loadQuery, store.io.query)
  private val pairQueries = Seq(transform.io.storeQuery, map.io.storeQuery, dot.io.query)
  private val asked =
    loadQueries.map(q => (q.slots(0), q.pending(0))) ++ pairQueries.flatMap(q => q.slots.zip(q.pending))
  private val left = ports.flatMap(_.left)
  private val done = Seq(transform.io.done, map.io.done, dot.io.done, load.io.done)
  private val board = Module(new Scoreboard(p, asked.size, ClusterLink.senders, left.size + 1, done.size + 1))
  board.io.queries.zip(asked).foreach { case (q, (slot, pending)) =>
    q.slot := slot
    pending := q.pending
  }
  for (q <- loadQueries :+ load.io.query) q.pending(1) := false.B
  load.io.query.pending(0) := false.B
  board.io.failed := io.failed
  board.io.clear := io.begin
  board.io.writes := dispatcher.io.writes
  board.io.receives := dispatcher.io.receives
  board.io.reads := dispatcher.io.reads
  board.io.sends := dispatcher.io.sends
  board.io.d := dispatcher.io.d
  dispatcher.io.free := board.io.free
  board.io.remote := dispatcher.io.remote
  dispatcher.io.remoteFree := board.io.remoteFree
  for ((port, event) <- board.io.left.zip(left)) {
    port.valid := event.valid
    port.bits := event.bits
    assert(!event.valid || port.ready, "a slot that is left is lost")
  }
  board.io.left.last <> dot.io.left
  for ((port, event) <- board.io.done.zip(done)) {
    port.valid := event.valid && event.bits.used
    port.bits := event.bits.slot
    assert(!port.valid || port.ready, "a slot that is done is lost")
  }
  board.io.done.last <> arrived.io.deq
  // The sender hears of it when the receiver's board knows.
  io.from.sent.valid := Delay.flag(arrived.io.deq.fire, 5)
  io.from.sent.bits := Delay(arrived.io.deq.bits, 5)
  board.io.sent := io.to.sent
  private val senders = Seq(transform.io.storeQuery, map.io.storeQuery, dot.io.query, load.io.query)
  io.to.asks := senders.map(_.remote)
  for ((q, expected) <- senders.zip(io.to.expected)) q.expected := expected
  for (q <- Seq(transform.io.loadQuery, map.io.loadQuery, store.io.query)) q.expected := false.B
  for (((q, ask), expected) <- board.io.expected.zip(io.from.asks).zip(io.from.expected)) {
    q.slot := ask
    expected := q.expects
  }
  private val links = Module(new RRArbiter(new LinkRow(p), ClusterLink.senders))
  links.io.in.zip(Seq(transform.io.link, map.io.link, dot.io.link, load.io.link)).foreach { case (in, l) => in <> l }
  io.to.row <> Queue(links.io.out, 2)

  dispatcher.io.done := done.map(_.valid) :+ store.io.done
  dispatcher.io.tagDone := Seq(transform.io.tagDone, map.io.tagDone, dot.io.tagDone, load.io.tagDone, store.io.tagDone)

  private val readers = Seq(programReader, loadReader, tableReader, dotReader, mapReader)
  io.ended := dispatcher.io.ended
  io.error := decoder.io.error
  io.instruction := decoder.io.instruction
  io.readError := readers.map(_.io.error).reduce(_ || _)
  io.writeError := writer.io.error
  io.decoderBusy := decoder.io.busy
  io.idle := !dispatcher.io.busy && !decoder.io.busy && !come.valid && !arrived.io.deq.valid && board.io.quiet && writer.io.idle &&
    readers.map(_.io.idle).reduce(_ && _)
  io.zeros := RegNext(transform.io.zeros +& map.io.zeros, 0.U)
  io.rowIssued := transform.io.rowIssued
  io.termIssued := dot.io.termIssued
  io.rowMoved := scratchpad.io.busy
  io.dispatched := dispatcher.io.dispatched
}
