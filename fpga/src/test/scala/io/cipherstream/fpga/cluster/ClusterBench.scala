package io.cipherstream.fpga.cluster

import chisel3._
import io.cipherstream.core.{CoreInterpreter, CoreProgram, CoreStream}
import io.cipherstream.fpga.{Limbs, StreamDriver, Words}
import io.cipherstream.fpga.shell.{AxiMemory, Registers, Vitis}
import io.cipherstream.ring.Segment
import scala.jdk.CollectionConverters._

/** The kernel with its memory; the kernel's assertions watch all its ports. */
class ClusterBench(p: ClusterParameters, clusters: Int, val lines: Int) extends Module {
  private val kernel = Module(new ClusterKernel(p, clusters))
  private val memory = Module(new AxiMemory(lines, 3 * clusters))
  val control = IO(new Vitis.Control)
  val host = IO(chiselTypeOf(memory.host))
  val latency = IO(chiselTypeOf(memory.latency))
  val gaps = IO(chiselTypeOf(memory.gaps))
  val failPorts = IO(chiselTypeOf(memory.failPorts))
  val failRead = IO(chiselTypeOf(memory.failRead))
  val done = IO(Output(Bool()))
  kernel.ap_clk := clock
  kernel.ap_rst_n := !reset.asBool
  kernel.s_axi_control <> control
  for ((port, master) <- memory.ports.zip(kernel.masters)) port <> master
  memory.host <> host
  memory.latency := latency
  memory.gaps := gaps
  for (channel <- memory.stuck.all) channel := 0.U
  memory.failPorts := failPorts
  memory.failRead := failRead
  memory.failWrite.foreach(_ := 0.U)
  // The run has ended; sticks.
  private val ended = RegInit(false.B)
  when(kernel.interrupt) { ended := true.B }
  when(control.AWVALID) { ended := false.B }
  done := ended
}

/** What a program left behind. */
case class ClusterOutcome(
    status: Int,
    failedLine: Int,
    zeroWords: Long,
    cycles: Long,
    butterflies: Long,
    terms: Long,
    operations: Long,
    rows: Long,
    segments: Seq[IndexedSeq[Long]]
)

/** Where a program lies in memory, in lines from `start` on; segments with guards around them. */
class ClusterLayout(segments: Seq[Segment], streams: Seq[Array[Byte]], start: Int) {
  val streamsAt: Seq[Int] = streams.scanLeft(start)((at, s) => at + s.length / 64)
  val segmentTable: Int = streamsAt.last
  val result: Int = segmentTable + segments.size / 4 + 1
  val bases: Seq[Int] =
    segments.scanLeft(result + ClusterCore.resultLines + ClusterLayout.guard)((at, s) => at + (s.words / 8).toInt + ClusterLayout.guard)
  val end: Int = bases.last
}

object ClusterLayout {

  /** Lines before each segment and behind the last that nothing may touch. */
  val guard = 2

  /** Where the job list, the pool and the tables begin; streams, segments and results lie in the pool. */
  val jobs = 1
  val pool = 5
  val tables = 9
}

/** A program with its data.
  *
  * @param clusters of the core that runs it
  * @param change what is changed in the streams before they are used
  */
class ClusterTask(val program: CoreProgram, inputs: Seq[Seq[Long]], clusters: Int, change: Seq[Array[Byte]] => Unit = _ => ()) {
  val segments: Seq[Segment] = program.segments.asScala.toSeq
  /** A stream for each cluster of the core; one without a part in the program has its END only. */
  val streams: Seq[Array[Byte]] = Seq.tabulate(clusters) { c =>
    val empty = new CoreProgram("end", program.ring, 1, 0, java.util.List.of(), java.util.List.of())
    val buffer = if (c < program.clusters) CoreStream.encode(program, c) else CoreStream.encode(empty, 0)
    val out = new Array[Byte](buffer.remaining)
    buffer.get(out)
    out
  }
  change(streams)
  val data: Seq[Seq[Long]] = {
    val next = inputs.iterator
    segments.map(s => if (s.access == Segment.Access.SCRATCH) Seq.fill(s.words.toInt)(-1L) else next.next())
  }

  /** What the interpreter leaves in the arguments, and the zeros that it counts. */
  def expected: (Seq[Array[Long]], Long) = {
    val words = inputs.map(_.toArray)
    val zeros = new CoreInterpreter(program.ring).run(program, words.asJava)
    (words, zeros)
  }

  def compare(outcome: ClusterOutcome, what: String): Unit = {
    assert(outcome.status == 0, s"$what: status ${outcome.status} at line ${outcome.failedLine}")
    val (words, zeros) = expected
    val got = segments.zip(outcome.segments).filter(_._1.access != Segment.Access.SCRATCH)
    for (((s, g), e) <- got.zip(words)) {
      val wrong = g.indices.filter(i => g(i) != e(i))
      assert(
        wrong.isEmpty,
        s"$what, segment ${s.name}: ${wrong.size} words differ, limbs ${wrong.map(_ / program.ring.degree).distinct}, first ${wrong.headOption}"
      )
    }
    assert(outcome.zeroWords == zeros, what)
  }
}

/** Plays the host. */
trait ClusterDriver extends StreamDriver { self: org.scalatest.TestSuite =>
  private val guard = 0x6a5b4c3d2e1f0011L

  protected def reset(dut: ClusterBench): Unit = {
    val control = dut.control
    for (port <- Seq(control.AWVALID, control.WVALID, control.ARVALID)) port.poke(false)
    control.BREADY.poke(true)
    control.RREADY.poke(true)
    dut.host.write.poke(false)
    dut.latency.read.poke(20)
    dut.latency.write.poke(20)
    for (channel <- dut.gaps.all) channel.poke(0)
    dut.failPorts.poke(0)
    dut.failRead.foreach(_.poke(0))
    dut.reset.poke(true)
    dut.clock.step(4)
    dut.reset.poke(false)
    dut.clock.step(4)
    write(dut, Registers.interruptGlobal, 1)
    write(dut, Registers.interruptEnable, 1)
  }

  protected def write(dut: ClusterBench, offset: Int, value: Long): Unit = {
    val control = dut.control
    control.AWADDR.poke(offset)
    control.WDATA.poke(value & 0xffffffffL)
    control.WSTRB.poke(15)
    control.AWVALID.poke(true)
    control.WVALID.poke(true)
    dut.clock.step()
    control.AWVALID.poke(false)
    control.WVALID.poke(false)
    dut.clock.step(2)
  }

  protected def store(dut: ClusterBench, line: Int, content: Seq[Long]): Unit = {
    dut.host.write.poke(true)
    for ((chunk, i) <- content.grouped(8).zipWithIndex) {
      dut.host.address.poke(line + i)
      dut.host.data.poke(Words.pack(chunk.padTo(8, 0L).map(x => BigInt(x) & ((BigInt(1) << 64) - 1)), 64))
      dut.clock.step()
    }
    dut.host.write.poke(false)
  }

  protected def fetch(dut: ClusterBench, line: Int, lines: Int): IndexedSeq[Long] =
    (0 until lines).flatMap { i =>
      dut.host.address.poke(line + i)
      Words.unpack(dut.host.read.peek().litValue, 64, 8).map(_.toLong)
    }

  private def longs(b: Array[Byte]): Seq[Long] = {
    val buffer = java.nio.ByteBuffer.wrap(b).order(java.nio.ByteOrder.LITTLE_ENDIAN)
    Seq.fill(b.length / 8)(buffer.getLong)
  }

  /** Bytes from the pool's beginning to a line. */
  private def inPool(line: Int): Long = (line - ClusterLayout.pool) * 64L

  /** Puts tasks of one ring into memory and their job list's address into the registers. */
  protected def prepare(dut: ClusterBench, p: ClusterParameters, tasks: Seq[ClusterTask]): Seq[ClusterLayout] = {
    val ring = tasks.head.program.ring
    val limb = ring.limbLines
    val r = BigInt(1) << p.core.montgomeryBits
    val moduli = ring.moduli.asScala.map(m => BigInt(m.value)).toSeq
    val tables = ClusterLayout.tables
    val first = tables + moduli.size * (1 + limb)
    val layouts = tasks.tail.scanLeft(new ClusterLayout(tasks.head.segments, tasks.head.streams, first)) { (before, t) =>
      new ClusterLayout(t.segments, t.streams, before.end)
    }
    require(layouts.last.end < dut.lines, s"the programs need ${layouts.last.end} lines")
    store(
      dut,
      tables,
      moduli.zipWithIndex.flatMap { case (q, i) =>
        Seq(q.toLong, (r * r % q).toLong, (moduli.size + i * limb).toLong) ++ Seq.fill(5)(0L)
      }
    )
    for ((q, i) <- moduli.zipWithIndex)
      store(dut, tables + moduli.size + i * limb, Limbs.table(q, ring.degreeBits, p.core.montgomeryBits).map(_.toLong))
    for (((t, layout), job) <- tasks.zip(layouts).zipWithIndex) {
      for ((s, at) <- t.streams.zip(layout.streamsAt)) store(dut, at, longs(s))
      val counts = t.streams.map(_.length / 64L).padTo(2, 0L)
      store(
        dut,
        ClusterLayout.jobs + job,
        layout.streamsAt.take(2).map(inPool) ++
          Seq(counts(0) | counts(1) << 32, inPool(layout.segmentTable), t.segments.size.toLong, inPool(layout.result))
      )
      store(
        dut,
        layout.segmentTable,
        t.segments.zip(layout.bases).flatMap { case (s, base) =>
          Seq(inPool(base) / 64, (if (s.access.writable) 1L << 32 else 0L) | (s.words / 8))
        }
      )
      val guards = Seq.fill(ClusterLayout.guard * 8)(guard)
      store(dut, layout.bases.head - ClusterLayout.guard, guards)
      for ((base, content) <- layout.bases.zip(t.data)) store(dut, base, content ++ guards)
    }
    val values = Map[String, Long](
      "descriptors" -> ClusterLayout.jobs * 64L,
      "tables" -> tables * 64L,
      "pool" -> ClusterLayout.pool * 64L,
      "instructionCount" -> tasks.size.toLong,
      "modulusCount" -> moduli.size.toLong,
      "degreeBits" -> ring.degreeBits.toLong,
      "poolLines" -> (dut.lines - ClusterLayout.pool).toLong
    ).withDefaultValue(0L)
    for (a <- Registers.arguments) {
      write(dut, a.offset, values(a.name))
      if (a.bits == 64) write(dut, a.offset + 4, values(a.name) >>> 32)
    }
    layouts
  }

  /** Starts what was prepared and waits for its end. */
  protected def start(dut: ClusterBench, roundsMax: Int = 200): Unit = {
    write(dut, Registers.control, 1)
    var rounds = 0
    while (!dut.done.peek().litToBoolean) {
      dut.clock.step(500)
      rounds += 1
      assert(rounds < roundsMax, "the cluster hangs")
    }
    write(dut, Registers.interruptStatus, 1)
    write(dut, Registers.control, 16)
  }

  /** What a task left behind; checks the guards. */
  protected def outcome(dut: ClusterBench, t: ClusterTask, layout: ClusterLayout): ClusterOutcome = {
    val result = fetch(dut, layout.result, 1)
    for (at <- layout.bases.map(_ - ClusterLayout.guard))
      assert(fetch(dut, at, ClusterLayout.guard).forall(_ == guard), "a write between segments")
    ClusterOutcome(
      (result(0) & 0xffffffffL).toInt,
      (result(0) >>> 32).toInt,
      result(1),
      result(2),
      result(3),
      result(4),
      result(5),
      result(6),
      t.segments.zip(layout.bases).map { case (s, base) => fetch(dut, base, (s.words / 8).toInt) }
    )
  }

  /** Runs one task. */
  protected def run(dut: ClusterBench, p: ClusterParameters, t: ClusterTask, roundsMax: Int = 200): ClusterOutcome = {
    val layouts = prepare(dut, p, Seq(t))
    start(dut, roundsMax)
    outcome(dut, t, layouts.head)
  }
}
