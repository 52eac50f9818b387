package io.cipherstream.fpga.top

import chisel3._
import io.cipherstream.fpga._
import io.cipherstream.fpga.shell.{AxiMemory, Registers, Vitis}
import io.cipherstream.ring.DescriptorLayout
import java.nio.{ByteBuffer, ByteOrder}
import scala.jdk.CollectionConverters._

/** The kernel with its memory; the kernel's assertions watch all its ports. */
class CoreBench(p: CoreParameters, val lines: Int) extends Module {
  private val kernel = Module(new LimbProgramKernel(p))
  private val masters = Seq(kernel.m_axi_program, kernel.m_axi_ntt, kernel.m_axi_a, kernel.m_axi_b, kernel.m_axi_d)
  private val memory = Module(new AxiMemory(lines, masters.size))
  val control = IO(new Vitis.Control)
  val host = IO(chiselTypeOf(memory.host))
  val latency = IO(chiselTypeOf(memory.latency))
  val gaps = IO(chiselTypeOf(memory.gaps))
  val stuck = IO(chiselTypeOf(memory.stuck))
  val failPorts = IO(chiselTypeOf(memory.failPorts))
  val failRead = IO(chiselTypeOf(memory.failRead))
  val failWrite = IO(chiselTypeOf(memory.failWrite))
  val interrupt = IO(Output(Bool()))
  kernel.ap_clk := clock
  kernel.ap_rst_n := !reset.asBool
  kernel.s_axi_control <> control
  for ((port, master) <- memory.ports.zip(masters)) port <> master
  memory.host <> host
  memory.latency := latency
  memory.gaps := gaps
  memory.stuck := stuck
  memory.failPorts := failPorts
  memory.failRead := failRead
  memory.failWrite := failWrite
  interrupt := kernel.interrupt
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
  private val guard = 0x6a5b4c3d2e1f0011L

  protected def reset(dut: CoreBench): Unit = {
    val control = dut.control
    for (port <- Seq(control.AWVALID, control.WVALID, control.ARVALID)) port.poke(false)
    control.BREADY.poke(true)
    control.RREADY.poke(true)
    dut.host.write.poke(false)
    latency(dut, 20, 20)
    for (channel <- dut.gaps.all ++ dut.stuck.all) channel.poke(0)
    dut.failPorts.poke((1 << 5) - 1)
    noFailures(dut)
    dut.reset.poke(true)
    dut.clock.step(4)
    dut.reset.poke(false)
    dut.clock.step(4)
  }

  /** Cycles that the memory takes for a read and for a write. */
  protected def latency(dut: CoreBench, read: Int, write: Int): Unit = {
    dut.latency.read.poke(read)
    dut.latency.write.poke(write)
  }

  protected def noFailures(dut: CoreBench): Unit =
    for (range <- Seq(dut.failRead, dut.failWrite); x <- range) x.poke(0)

  protected def writeRegister(dut: CoreBench, offset: Int, value: Long): Unit = {
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

  protected def readRegister(dut: CoreBench, offset: Int): Long = {
    val control = dut.control
    control.ARADDR.poke(offset)
    control.ARVALID.poke(true)
    dut.clock.step()
    control.ARVALID.poke(false)
    dut.clock.step()
    assert(control.RVALID.peek().litToBoolean)
    val value = control.RDATA.peek().litValue.toLong
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

  private def longs(b: Array[Byte]): Seq[Long] = {
    val buffer = ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN)
    Seq.fill(b.length / 8)(buffer.getLong)
  }

  protected def storeTables(dut: CoreBench, p: CoreParameters, layout: CoreLayout): Unit = {
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
      layout: CoreLayout,
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
    store(dut, layout.pool, Seq.fill(CoreLayout.guardLines * words)(guard))
    for (((_, base), content) <- layout.segments.zip(layout.bases).zip(data)) {
      store(dut, layout.pool + base, content ++ Seq.fill(CoreLayout.guardLines * words)(guard))
    }
  }

  protected def arguments(dut: CoreBench, layout: CoreLayout, values: (String, Long)*): Unit = {
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

  /** Starts and waits for ap_done. */
  protected def start(dut: CoreBench, roundsMax: Int = 400): Unit = {
    writeRegister(dut, Registers.control, 1)
    var rounds = 0
    while ((readRegister(dut, Registers.control) & 2) == 0) {
      dut.clock.step(500)
      rounds += 1
      assert(rounds < roundsMax, "the core hangs")
    }
    writeRegister(dut, Registers.control, 16)
    assert(readRegister(dut, Registers.control) == 12, "idle, ready, not done")
  }

  /** Runs a program, reads everything back, checks the guards. */
  protected def runToEnd(dut: CoreBench, layout: CoreLayout, roundsMax: Int = 400): Outcome = {
    start(dut, roundsMax)
    outcome(dut, layout)
  }

  /** What a program that has ended left behind. */
  protected def outcome(dut: CoreBench, layout: CoreLayout): Outcome = {
    val (result, abilities) = fetch(dut, layout.result, 2).splitAt(words)
    val halves = abilities.flatMap(x => Seq(x & 0xffffffffL, x >>> 32))
    val registers = Registers.capabilityNames.take(9).map(capability(dut, _))
    assert(halves.take(10) == registers.patch(5, Seq(words.toLong), 0), "the line of capabilities")
    val ends = layout.bases.map(_ - CoreLayout.guardLines)
    for (at <- ends)
      assert(fetch(dut, layout.pool + at, CoreLayout.guardLines).forall(_ == guard), "a write between segments")
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

  /** Puts a task into memory and its addresses into the registers. */
  protected def prepare(
      dut: CoreBench,
      p: CoreParameters,
      t: CoreTask,
      descriptors: Option[Array[Byte]] = None,
      segmentTable: Seq[Long] => Seq[Long] = identity
  ): Unit = {
    require(t.layout.end < dut.lines, "the program fits into the memory of the bench")
    storeTables(dut, p, t.layout)
    storeProgram(dut, t.layout, descriptors.getOrElse(t.descriptors), t.data, segmentTable)
    arguments(dut, t.layout, "instructionCount" -> t.program.instructions.size)
  }
}
