package io.cipherstream.fpga.top

import chisel3._
import io.cipherstream.fpga._
import io.cipherstream.fpga.shell.{AxiLite, AxiMemory, Registers}
import io.cipherstream.ring.{DescriptorLayout, LimbProgram, LimbRing, Segment}
import java.nio.{ByteBuffer, ByteOrder}
import scala.jdk.CollectionConverters._

/** A core with its memory. */
class CoreBench(p: CoreParameters, val lines: Int) extends Module {
  private val core = Module(new Core(p))
  private val memory = Module(new AxiMemory(lines))
  val control = IO(Flipped(new AxiLite(12)))
  val host = IO(chiselTypeOf(memory.host))
  val latency = IO(Input(UInt(16.W)))
  val gaps = IO(Input(UInt(24.W)))
  val failRead = IO(Input(Vec(2, UInt(32.W))))
  val failWrite = IO(Input(Vec(2, UInt(32.W))))
  val interrupt = IO(Output(Bool()))
  core.io.control <> control
  memory.ports <> core.io.memory
  memory.host <> host
  memory.latency := latency
  memory.gaps := gaps
  memory.failRead := failRead
  memory.failWrite := failWrite
  interrupt := core.io.interrupt
}

/** What a program left behind. */
case class Outcome(
    status: Int,
    failedInstruction: Int,
    zeroWords: Long,
    cycles: Long,
    nttRows: Long,
    vectorBeats: Long,
    instructions: Long,
    both: Long,
    segments: Seq[IndexedSeq[Long]]
)

/** Plays the host: lays tables, descriptors and segments out in memory, starts the core through its registers. */
trait CoreDriver extends StreamDriver { self: org.scalatest.TestSuite =>
  private val words = DescriptorLayout.LINE_WORDS
  private val guardLines = 2
  private val guard = 0x6a5b4c3d2e1f0011L

  protected def reset(dut: CoreBench): Unit = {
    for (port <- Seq(dut.control.aw.valid, dut.control.w.valid, dut.control.ar.valid)) port.poke(false)
    dut.control.b.ready.poke(true)
    dut.control.r.ready.poke(true)
    dut.host.write.poke(false)
    dut.latency.poke(20)
    dut.gaps.poke(0)
    for (range <- Seq(dut.failRead, dut.failWrite); x <- range) x.poke(0)
    dut.reset.poke(true)
    dut.clock.step(2)
    dut.reset.poke(false)
    dut.clock.step()
  }

  protected def writeRegister(dut: CoreBench, offset: Int, value: Long): Unit = {
    dut.control.aw.bits.poke(offset)
    dut.control.w.bits.data.poke(value & 0xffffffffL)
    dut.control.w.bits.strb.poke(15)
    dut.control.aw.valid.poke(true)
    dut.control.w.valid.poke(true)
    dut.clock.step()
    dut.control.aw.valid.poke(false)
    dut.control.w.valid.poke(false)
    dut.clock.step(2)
  }

  protected def readRegister(dut: CoreBench, offset: Int): Long = {
    dut.control.ar.bits.poke(offset)
    dut.control.ar.valid.poke(true)
    dut.clock.step()
    dut.control.ar.valid.poke(false)
    assert(dut.control.r.valid.peek().litToBoolean)
    val value = dut.control.r.bits.data.peek().litValue.toLong
    dut.clock.step()
    value
  }

  protected def capability(dut: CoreBench, name: String): Long =
    readRegister(dut, Registers.capabilities + 4 * Registers.capabilityNames.indexOf(name))

  protected def store(dut: CoreBench, line: Int, content: Seq[Long]): Unit = {
    dut.host.write.poke(true)
    for ((chunk, i) <- content.grouped(words).zipWithIndex) {
      dut.host.address.poke(line + i)
      dut.host.data.poke(Words.pack(chunk.padTo(words, 0L).map(unsigned), 64))
      dut.clock.step()
    }
    dut.host.write.poke(false)
  }

  protected def fetch(dut: CoreBench, line: Int, lines: Int): IndexedSeq[Long] =
    (0 until lines).flatMap { i =>
      dut.host.address.poke(line + i)
      Words.unpack(dut.host.read.peek().litValue, 64, words).map(_.toLong)
    }

  private def unsigned(x: Long): BigInt = BigInt(x) & ((BigInt(1) << 64) - 1)

  /** Where things lie in memory, in lines. */
  protected class Layout(val ring: LimbRing, val segments: Seq[Segment], descriptorBytes: Int) {
    private val limb = ring.limbLines
    val descriptors = 1
    val segmentTable: Int = descriptors + descriptorBytes / 64 + 1
    val tables: Int = segmentTable + segments.size / 4 + 1
    val result: Int = tables + ring.moduli.size * (1 + limb) + 1
    val pool: Int = result + 2

    /** First line of each segment in the pool, with guards between them. */
    val bases: Seq[Int] = segments.scanLeft(guardLines)((at, s) => at + (s.words / words).toInt + guardLines)
    val poolLines: Int = bases.last
    val end: Int = pool + poolLines
  }

  protected def bytes(program: LimbProgram): Array[Byte] = {
    val buffer = program.descriptors()
    val out = new Array[Byte](buffer.remaining)
    buffer.get(out)
    out
  }

  private def longs(b: Array[Byte]): Seq[Long] = {
    val buffer = ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN)
    Seq.fill(b.length / 8)(buffer.getLong)
  }

  protected def storeTables(dut: CoreBench, p: CoreParameters, layout: Layout): Unit = {
    val ring = layout.ring
    val r = BigInt(1) << p.montgomeryBits
    val moduli = ring.moduli.asScala.map(m => BigInt(m.value)).toSeq
    val limb = ring.limbLines
    store(
      dut,
      layout.tables,
      moduli.zipWithIndex.flatMap { case (q, i) =>
        Seq(q.toLong, (r * r % q).toLong, (moduli.size + i * limb).toLong) ++ Seq.fill(5)(0L)
      }
    )
    for ((q, i) <- moduli.zipWithIndex)
      store(
        dut,
        layout.tables + moduli.size + i * limb,
        Limbs.table(q, ring.degreeBits, p.montgomeryBits).map(_.toLong)
      )
  }

  /** Stores a program and its data; scratch begins as rubbish. */
  protected def storeProgram(
      dut: CoreBench,
      layout: Layout,
      descriptors: Array[Byte],
      data: Seq[Seq[Long]],
      tweak: Seq[Long] => Seq[Long] = identity
  ): Unit = {
    store(dut, layout.descriptors, longs(descriptors))
    val table = layout.segments.zip(layout.bases).flatMap { case (s, base) =>
      val flags = if (s.access.writable) 1L << 32 else 0L
      Seq(base.toLong, flags | (s.words / words))
    }
    store(dut, layout.segmentTable, tweak(table))
    store(dut, layout.pool, Seq.fill(guardLines * words)(guard))
    for (((_, base), content) <- layout.segments.zip(layout.bases).zip(data)) {
      store(dut, layout.pool + base, content ++ Seq.fill(guardLines * words)(guard))
    }
  }

  protected def arguments(dut: CoreBench, layout: Layout, values: (String, Long)*): Unit = {
    val all = Map[String, Long](
      "descriptors" -> layout.descriptors * 64L,
      "segments" -> layout.segmentTable * 64L,
      "tables" -> layout.tables * 64L,
      "pool" -> layout.pool * 64L,
      "result" -> layout.result * 64L,
      "segmentCount" -> layout.segments.size.toLong,
      "modulusCount" -> layout.ring.moduli.size.toLong,
      "degreeBits" -> layout.ring.degreeBits.toLong,
      "poolLines" -> layout.poolLines.toLong
    ) ++ values
    for (a <- Registers.arguments) {
      writeRegister(dut, a.offset, all(a.name))
      if (a.bits == 64) writeRegister(dut, a.offset + 4, all(a.name) >>> 32)
    }
  }

  /** Starts, waits for ap_done, reads everything back, checks the guards. */
  protected def runToEnd(dut: CoreBench, layout: Layout, roundsMax: Int = 400): Outcome = {
    writeRegister(dut, Registers.control, 1)
    var rounds = 0
    while ((readRegister(dut, Registers.control) & 2) == 0) {
      dut.clock.step(500)
      rounds += 1
      assert(rounds < roundsMax, "the core hangs")
    }
    writeRegister(dut, Registers.control, 16)
    assert(readRegister(dut, Registers.control) == 12, "idle, ready, not done")
    val (result, abilities) = fetch(dut, layout.result, 2).splitAt(words)
    val halves = abilities.flatMap(x => Seq(x & 0xffffffffL, x >>> 32))
    val registers = Registers.capabilityNames.take(9).map(capability(dut, _))
    assert(halves.take(10) == registers.patch(5, Seq(words.toLong), 0), "the line of capabilities")
    val ends = layout.bases.map(_ - guardLines)
    for (at <- ends)
      assert(fetch(dut, layout.pool + at, guardLines).forall(_ == guard), "a write between segments")
    val segments = layout.segments.zip(layout.bases).map { case (s, base) =>
      fetch(dut, layout.pool + base, (s.words / words).toInt)
    }
    assert(capability(dut, "status") == (result(0) & 0xffffffffL))
    Outcome(
      (result(0) & 0xffffffffL).toInt,
      (result(0) >>> 32).toInt,
      result(1),
      result(2),
      result(3),
      result(4),
      result(5),
      result(6),
      segments
    )
  }
}
