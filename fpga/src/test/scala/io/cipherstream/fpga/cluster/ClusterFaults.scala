package io.cipherstream.fpga.cluster

import chisel3.UInt
import io.cipherstream.core.CoreOp
import io.cipherstream.fpga.CoreSet
import io.cipherstream.fpga.shell.{Channels, Registers}
import io.cipherstream.fpga.shell.Registers.{interruptEnable, interruptGlobal, interruptStatus, Status}
import scala.jdk.CollectionConverters._
import scala.util.Random

/** What goes wrong around the clusters, and hosts that are slow or fast: after each trial the card still works. */
trait ClusterFaults extends ClusterDriver { self: org.scalatest.TestSuite =>
  protected def p: ClusterParameters
  protected def clusters: Int

  /** A random program of all kinds of operations. */
  protected def task(random: Random): ClusterTask

  private def ports = for (c <- 0 until clusters; name <- Seq("program", "limbs", "streams")) yield s"$name$c"

  /** Nothing runs, and nothing is written. */
  protected def badArguments(dut: ClusterBench, random: Random): Unit = {
    val t = task(random)
    for (
      wrong <- Seq("degreeBits" -> 6L, "degreeBits" -> 9L, "degreeBits" -> 0xffffffffL, "modulusCount" -> 1000L, "poolLines" -> (1L << 58))
    ) withClue(s"$wrong: ") {
      val layout = prepare(dut, p, Seq(t)).head
      arguments(dut, t.program.ring, 1, wrong)
      start(dut)
      assert(capability(dut, "status") == Status.badArgument)
      untouched(dut, t, layout)
    }
    // A segment that ends outside the pool: the job's result says so.
    val layout = prepare(dut, p, Seq(t)).head
    arguments(dut, t.program.ring, 1, "poolLines" -> 20L)
    start(dut)
    assert(capability(dut, "status") == Status.badArgument && capability(dut, "failedInstruction") == 0)
    untouched(dut, t, layout)
  }

  private def untouched(dut: ClusterBench, t: ClusterTask, layout: ClusterLayout): Unit =
    for (((s, base), words) <- t.segments.zip(layout.bases).zip(t.data))
      assert(fetch(dut, base, (s.words / 8).toInt) == words.toIndexedSeq, s"segment ${s.name} is written though nothing may be")

  /** Whether a program needs that port for more than root tables, to read. */
  private def reads(port: Int, t: ClusterTask): Boolean = {
    val own = t.program.ops.asScala.filter(_.cluster == port / 3)
    port % 3 match {
      case 0 => true
      case 1 => own.exists(_.isInstanceOf[CoreOp.Load])
      case 2 => own.exists(op => (op.isInstanceOf[CoreOp.Pass] || op.isInstanceOf[CoreOp.Dot]) && !CoreOp.memory(op).isEmpty)
    }
  }

  /** An error answer on each port ends the job with a status. */
  protected def memoryErrors(dut: ClusterBench, random: Random): Unit = {
    val readers = ports.indices.map((_, false))
    val writers = for (c <- 0 until clusters) yield (3 * c + 1, true)
    for ((port, writing) <- readers ++ writers) withClue(s"${ports(port)}, writing $writing: ") {
      val t = Iterator.continually(task(random)).find(writing || reads(port, _)).get
      val layout = prepare(dut, p, Seq(t)).head
      dut.failPorts.poke(1 << port)
      val range = if (writing) dut.failWrite else dut.failRead
      // Of programs the streams, which lie in front of the segments.
      range(0).poke(if (ports(port).startsWith("program")) layout.streamsAt.head else layout.bases.head)
      range(1).poke(layout.end)
      start(dut)
      assert(outcome(dut, t, layout).status == (if (writing) Status.writeError else Status.readError))
      range.foreach(_.poke(0))
    }
    // A job list that cannot be read, and a result that cannot be written: the register says so, nothing else is written.
    val t = task(random)
    for ((writing, first, last, status) <- Seq((false, ClusterLayout.jobs, ClusterLayout.jobs, Status.readError), (true, -1, -1, Status.writeError))) {
      val layout = prepare(dut, p, Seq(t)).head
      val before = fetch(dut, ClusterLayout.pool, 2)
      dut.failPorts.poke(1)
      val range = if (writing) dut.failWrite else dut.failRead
      range(0).poke(if (writing) layout.result else first)
      range(1).poke(if (writing) layout.result + 1 else last + 1)
      start(dut)
      assert(capability(dut, "status") == status)
      assert(fetch(dut, ClusterLayout.pool, 2) == before, "the beginning of the pool")
      range.foreach(_.poke(0))
    }
    dut.failPorts.poke(0)
  }

  /** A channel that stands still: done and interrupt without a result, nothing starts before a reset. */
  protected def silence(dut: ClusterBench, random: Random): Unit = {
    val ones = Seq.fill(16)(-1L)
    val cases = Seq[(String, Channels[UInt] => UInt, Int)](
      ("R", _.r, 0),
      ("R", _.r, 1),
      ("AR", _.ar, 1),
      ("AR", _.ar, 3),
      ("AW", _.aw, 1),
      ("W", _.w, 4),
      ("B", _.b, 1)
    )
    for ((name, channel, port) <- cases) withClue(s"$name of ${ports(port)} stuck: ") {
      val t = task(random)
      val layout = prepare(dut, p, Seq(t)).head
      store(dut, layout.result, ones)
      channel(dut.stuck).poke(1 << port)
      start(dut)
      assert(capability(dut, "status") == Status.memoryTimeout)
      // The memory wakes up, the core does not: it starts nothing more.
      channel(dut.stuck).poke(0)
      start(dut)
      assert(capability(dut, "status") == Status.memoryTimeout)
      dut.clock.step(500)
      assert(fetch(dut, layout.result, 2) == ones)
      reset(dut)
      t.compare(run(dut, p, t), "the same program after a reset")
    }
  }

  /** Back-pressure on every channel, one after the other and all at once, and a latency just below the watchdog. */
  protected def slowMemory(dut: ClusterBench, random: Random): Unit = {
    for (channels <- dut.gaps.all.map(Seq(_)) :+ dut.gaps.all) {
      val t = task(random)
      channels.foreach(_.poke(15))
      t.compare(run(dut, p, t, 4000), "waiting channels")
      channels.foreach(_.poke(0))
    }
    val t = task(random)
    val slow = p.core.watchdogCycles - 50
    for (latency <- Seq(dut.latency.read, dut.latency.write)) latency.poke(slow)
    val outcome = run(dut, p, t, 4000)
    t.compare(outcome, "slow memory")
    assert(outcome.cycles > 2 * slow)
    for (latency <- Seq(dut.latency.read, dut.latency.write)) latency.poke(20)
  }

  protected def resets(dut: ClusterBench, random: Random): Unit = for (_ <- 0 until 5) {
    val t = task(random)
    prepare(dut, p, Seq(t))
    write(dut, Registers.control, 1)
    dut.clock.step(1 + random.nextInt(3000))
    reset(dut)
    t.compare(run(dut, p, t), "the same program after a reset in the middle")
  }

  protected def registers(dut: ClusterBench, random: Random): Unit = {
    slowRegisters(dut, random)
    assert(capability(dut, "magic") == Registers.magic)
    assert(capability(dut, "version") == CoreSet.version)
    assert(capability(dut, "montgomeryBits") == p.core.montgomeryBits)
    for (a <- Registers.arguments; half <- 0 until a.bits / 32) {
      write(dut, a.offset + 4 * half, 0x9abcdef0L + a.offset + half)
      assert(read(dut, a.offset + 4 * half) == 0x9abcdef0L + a.offset + half, a.name)
    }
    // A run without jobs ends, and the interrupt comes when it is enabled.
    val t = task(random)
    prepare(dut, p, Seq(t))
    arguments(dut, t.program.ring, 0)
    assert(!dut.interrupt.peek().litToBoolean)
    start(dut)
    assert(capability(dut, "status") == Status.ok && !dut.interrupt.peek().litToBoolean)
  }

  /** Writes whose data comes first, answers that wait. */
  private def slowRegisters(dut: ClusterBench, random: Random): Unit = {
    val control = dut.control
    val offset = Registers.arguments.head.offset
    for (_ <- 0 until 10) {
      val value = random.nextInt() & 0xffffffffL
      control.BREADY.poke(false)
      control.WDATA.poke(value)
      control.WSTRB.poke(15)
      control.WVALID.poke(true)
      dut.clock.step()
      control.WVALID.poke(false)
      dut.clock.step(random.nextInt(4))
      control.AWADDR.poke(offset)
      control.AWVALID.poke(true)
      dut.clock.step()
      control.AWVALID.poke(false)
      dut.clock.step(1 + random.nextInt(4))
      assert(control.BVALID.peek().litToBoolean && control.BRESP.peek().litValue == 0)
      control.BREADY.poke(true)
      dut.clock.step()
      assert(!control.BVALID.peek().litToBoolean)
      control.RREADY.poke(false)
      control.ARADDR.poke(offset)
      control.ARVALID.poke(true)
      dut.clock.step()
      control.ARVALID.poke(false)
      dut.clock.step(1 + random.nextInt(4))
      assert(control.RVALID.peek().litToBoolean && control.RDATA.peek().litValue == value)
      control.RREADY.poke(true)
      dut.clock.step()
      assert(!control.RVALID.peek().litToBoolean)
    }
  }

  /** A start that is given while the core runs: the first run keeps its arguments, the second begins when the host goes on; a
    * read that waits meanwhile keeps its value, and no event is lost.
    */
  protected def startsInChain(dut: ClusterBench, random: Random): Unit = {
    val (control, t) = (dut.control, task(random))
    def until(bit: Int): Unit =
      assert(Iterator.continually { dut.clock.step(100); read(dut, Registers.control) }.take(400).exists(r => (r >> bit & 1) == 1))
    val layout = prepare(dut, p, Seq(t)).head
    write(dut, interruptEnable, 3)
    write(dut, interruptStatus, read(dut, interruptStatus))
    write(dut, Registers.control, 1)
    assert(read(dut, interruptStatus) == 2, "the core has taken its arguments")
    write(dut, interruptStatus, 2)
    arguments(dut, t.program.ring, 0, "degreeBits" -> 8L, "pool" -> 64L)
    write(dut, Registers.control, 1)
    control.RREADY.poke(false)
    control.ARADDR.poke(Registers.control)
    control.ARVALID.poke(true)
    dut.clock.step()
    control.ARVALID.poke(false)
    dut.clock.step(2)
    assert(control.RVALID.peek().litToBoolean && control.RDATA.peek().litValue == 1, "the second start waits")
    assert(Iterator.continually { dut.clock.step(100); dut.interrupt.peek().litToBoolean }.take(400).exists(identity))
    assert(control.RVALID.peek().litToBoolean && control.RDATA.peek().litValue == 1, "a value that waits stays")
    control.RREADY.poke(true)
    dut.clock.step(2)
    assert(read(dut, Registers.control) == 3, "done, and the second start waits for ap_continue")
    assert(read(dut, interruptStatus) == 1)
    t.compare(outcome(dut, t, layout), "its arguments were overwritten while it ran")
    write(dut, interruptStatus, 1)
    write(dut, Registers.control, 16)
    until(1)
    assert(capability(dut, "status") == Status.ok, "the second run")
    assert(read(dut, interruptStatus) == 3)
    write(dut, interruptStatus, 3)
    write(dut, Registers.control, 16)
    assert(!dut.interrupt.peek().litToBoolean && read(dut, Registers.control) == 12)
    write(dut, interruptEnable, 1)
    write(dut, interruptGlobal, 1)
  }
}
