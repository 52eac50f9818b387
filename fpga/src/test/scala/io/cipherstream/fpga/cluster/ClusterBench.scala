package io.cipherstream.fpga.cluster

import chisel3._
import io.cipherstream.fpga.{StreamDriver, Words}
import io.cipherstream.fpga.shell.{AxiMemory, Registers, Vitis}
import io.cipherstream.ring.LimbRing

/** The kernel with its memory; the kernel's assertions watch all its ports. */
class ClusterBench(p: ClusterParameters, clusters: Int, val lines: Int) extends Module {
  private val kernel = Module(new ClusterKernel(p, clusters))
  private val memory = Module(new AxiMemory(lines, 3 * clusters))
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
  for ((port, master) <- memory.ports.zip(kernel.masters)) port <> master
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

/** Plays the host. */
trait ClusterDriver extends StreamDriver { self: org.scalatest.TestSuite =>
  protected def reset(dut: ClusterBench): Unit = {
    val control = dut.control
    for (port <- Seq(control.AWVALID, control.WVALID, control.ARVALID)) port.poke(false)
    control.BREADY.poke(true)
    control.RREADY.poke(true)
    dut.host.write.poke(false)
    dut.latency.read.poke(20)
    dut.latency.write.poke(20)
    for (channel <- dut.gaps.all ++ dut.stuck.all) channel.poke(0)
    dut.failPorts.poke(0)
    for (range <- Seq(dut.failRead, dut.failWrite); x <- range) x.poke(0)
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

  protected def read(dut: ClusterBench, offset: Int): Long = {
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

  /** What the core says of itself, by the name of its register. */
  protected def capability(dut: ClusterBench, name: String): Long =
    read(dut, Registers.capabilities + 4 * Registers.capabilityNames.indexOf(name))

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

  /** Puts tasks of one ring into memory and their job list's address into the registers. */
  protected def prepare(dut: ClusterBench, p: ClusterParameters, tasks: Seq[ClusterTask]): Seq[ClusterLayout] = {
    val image = new ClusterImage(p, tasks)
    require(image.end < dut.lines, s"the programs need ${image.end} lines")
    for ((line, content) <- image.parts) store(dut, line, content)
    arguments(dut, image.ring, tasks.size)
    image.layouts
  }

  /** Writes the arguments of a run, some of them other than they should be. */
  protected def arguments(dut: ClusterBench, ring: LimbRing, jobs: Int, others: (String, Long)*): Unit = {
    val values = ClusterImage.arguments(ring, jobs, dut.lines) ++ others
    for (a <- Registers.arguments) {
      write(dut, a.offset, values(a.name))
      if (a.bits == 64) write(dut, a.offset + 4, values(a.name) >>> 32)
    }
  }

  /** Starts what was prepared and waits for its end. */
  protected def start(dut: ClusterBench, roundsMax: Int = 200): Unit = {
    write(dut, Registers.control, 1)
    var rounds = 0
    while (!dut.interrupt.peek().litToBoolean) {
      dut.clock.step(500)
      rounds += 1
      assert(rounds < roundsMax, "the cluster hangs")
    }
    write(dut, Registers.interruptStatus, 1)
    assert((read(dut, Registers.control) & 2) == 2, "done")
    write(dut, Registers.control, 16)
    assert(read(dut, Registers.control) == 12, "idle, ready, not done")
  }

  /** What a task left behind; checks the guards. */
  protected def outcome(dut: ClusterBench, t: ClusterTask, layout: ClusterLayout): ClusterOutcome = {
    val (result, abilities) = fetch(dut, layout.result, 2).splitAt(8)
    val known = Seq("magic", "version", "wordBits", "montgomeryBits", "lanes").map(capability(dut, _))
    assert(abilities.flatMap(x => Seq(x & 0xffffffffL, x >>> 32)).take(5) == known, "the line of capabilities")
    for (at <- layout.bases.map(_ - ClusterLayout.guard))
      assert(fetch(dut, at, ClusterLayout.guard).forall(_ == ClusterImage.guard), "a write between segments")
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
