package io.cipherstream.fpga.top

import chisel3.UInt
import io.cipherstream.fpga._
import io.cipherstream.fpga.shell.Channels
import io.cipherstream.fpga.shell.Registers.Status
import io.cipherstream.ring._
import org.scalatest.flatspec.AnyFlatSpec
import scala.jdk.CollectionConverters._
import scala.util.Random

class CoreSpec extends AnyFlatSpec with CoreDriver {

  private def parameters(lanes: Int, wordBits: Int) = CoreParameters(
    wordBits = wordBits,
    degreeBitsMin = 8,
    degreeBitsMax = 9,
    lanes = lanes,
    twiddleSlots = 2,
    window = 8,
    multiplier = quick
  )

  private val memoryLines = 1 << 15

  private def task(random: Random, degree: Int, bits: Int, instructions: Int): CoreTask = {
    val ring = RandomPrograms.ring(random.nextLong(), degree, 4, bits)
    val programs = new RandomPrograms(random.nextLong(), ring)
    val program = programs.next(instructions)
    new CoreTask(ring, program, programs.data(program).asScala.map(_.toSeq).toSeq)
  }

  /** Operands b of every length down to one line, plain and mirrored, each followed by a whole one. */
  private def repeats(random: Random): CoreTask = {
    val ring = RandomPrograms.ring(random.nextLong(), 256, 1, 50)
    val n = ring.degree
    val shapes = (0 to 5).flatMap(s => Seq(new Repeat(s, false), new Repeat(s, true))).filter(_.words(n) >= DescriptorLayout.LINE_WORDS)
    val code = LimbProgram.builder("repeats", ring)
    val (a, b, d) = (code.input("a", n), code.input("b", n), code.output("d", shapes.size.toLong * n))
    for ((shape, i) <- shapes.zipWithIndex) code.binary(Opcode.MUL, 0, d.at(i.toLong * n), a.at(0), b.at(0), shape)
    val q = ring.modulus(0).value
    val inputs = Seq.fill(2)(Seq.fill(n)(random.nextLong(q)))
    new CoreTask(ring, code.build(), inputs :+ Seq.fill(shapes.size * n)(-1L))
  }

  /** Short operands b, then random programs; from the third round on every channel waits. */
  private def programs(dut: CoreBench, p: CoreParameters, random: Random, rounds: Int): Unit = {
    val short = repeats(random)
    prepare(dut, p, short)
    val shortOutcome = runToEnd(dut, short.layout)
    assert(shortOutcome.status == Status.ok)
    short.compare(shortOutcome, short.program.instructions.size, "short operands")
    for (round <- 0 until rounds) {
      val t = task(random, 256 << (round % 2), 50, 40)
      prepare(dut, p, t)
      latency(dut, random.nextInt(60), random.nextInt(60))
      for (channel <- dut.gaps.all) channel.poke(if (round < 2) 0 else random.nextInt(4))
      val outcome = runToEnd(dut, t.layout)
      assert(outcome.status == Status.ok)
      t.compare(outcome, 40, s"round $round")
      println(
        s"core P=${p.lanes} N=${t.ring.degree}: 40 random instructions in ${outcome.cycles} cycles, " +
          s"${outcome.nttRows} rows of butterflies, ${outcome.vectorBeats} beats, ${outcome.both} together"
      )
    }
  }

  /** A whole key switch at the size that counts: its words, and its cycles beside the bound that its butterflies set. */
  private def rotation(dut: CoreBench, p: CoreParameters, random: Random): Unit = {
    val emitted = new RotationProgram(RotationProgram.ring(3), 3)
    val t = emitted.task(random)
    prepare(dut, p, t)
    val outcome = runToEnd(dut, t.layout, 4000)
    assert(outcome.status == Status.ok)
    t.compare(outcome, t.program.instructions.size, "rotation")
    val bound = emitted.transforms * 13 * 4096 / p.lanes
    val factor = outcome.cycles.toDouble / bound
    println(
      f"core P=${p.lanes}%d N=8192, rotation of 3 limbs: ${outcome.cycles}%d cycles, $factor%.3f of the bound $bound%d, " +
        f"${outcome.vectorBeats}%d beats, ${outcome.both}%d together"
    )
    assert(factor <= 1.25)
  }

  "Core with P = 4" should "run random limb programs as the interpreter does, and rotate at N = 8192 within 1.25 times its butterflies' bound" in {
    val p = parameters(4, 50).copy(degreeBitsMax = 13, limbBuffers = 3, twiddleSlots = 5, window = 16)
    val random = Words.random("core, P = 4")
    simulate(new CoreBench(p, 1 << 17)) { dut =>
      reset(dut)
      rotation(dut, p, random)
      programs(dut, p, random, 6)
    }
  }

  "Core with P = 16" should "run random limb programs, and short operands of every length, as the interpreter does" in {
    val p = parameters(16, 50)
    val random = Words.random("core, P = 16")
    simulate(new CoreBench(p, memoryLines)) { dut =>
      reset(dut)
      programs(dut, p, random, 3)
    }
  }

  /** A descriptor list with one field of one descriptor changed. */
  private def changed(t: CoreTask, index: Int, field: String, value: Long): Array[Byte] = {
    val f = InstructionSet.fields(field)
    val out = t.descriptors.clone
    for (i <- 0 until f.bytes) out(64 * index + f.offset + i) = (value >>> (8 * i)).toByte
    out
  }

  private val p2 = parameters(2, 30).copy(watchdogCycles = 1000)

  /** A bad descriptor stops the program with its number; those before it are finished. */
  private def badDescriptors(dut: CoreBench, random: Random): Unit = {
    val cases = Seq[(String, Long, Int)](
      ("opcode", 0, Status.badOpcode),
      ("opcode", 16, Status.badOpcode),
      ("opcode", 255, Status.badOpcode),
      ("modulus", 4, Status.badModulus),
      ("source-modulus", 200, Status.badModulus),
      ("repeat", 31, Status.badField),
      ("repeat", 0x40, Status.badField),
      ("d-segment", 1000, Status.badSegment),
      ("a-segment", 0xffffffffL, Status.badSegment),
      ("d-line", 0xffffffffL, Status.outsideSegment),
      ("a-line", 100000, Status.outsideSegment)
    )
    for ((field, value, status) <- cases) {
      val t = task(random, 256, 30, 20)
      // An instruction that has the operand.
      val able = (0 until 20).filter { i =>
        val instruction = t.program.instructions.get(i)
        if (field.startsWith("d-")) instruction.d != null else if (field.startsWith("a-")) instruction.a != null else true
      }
      val index = able(random.nextInt(able.size))
      prepare(dut, p2, t, Some(changed(t, index, field, value)))
      val outcome = runToEnd(dut, t.layout)
      assert(outcome.status == status, s"$field = $value")
      assert(outcome.failedInstruction == index, s"$field = $value")
      t.compare(outcome, index, s"before the bad $field")
    }
    // A Galois element that is even, a result in a segment that may only be read.
    def permutation(t: CoreTask) = (0 until 40).find(t.program.instructions.get(_).opcode == Opcode.PERM)
    val t = Iterator.continually(task(random, 256, 30, 40)).find(permutation(_).nonEmpty).get
    val perm = permutation(t).get
    prepare(dut, p2, t, Some(changed(t, perm, "galois", 4)))
    assert(runToEnd(dut, t.layout).status == Status.badField)
    prepare(dut, p2, t, None, _.map(x => x & ~(1L << 32)))
    val readOnly = runToEnd(dut, t.layout)
    assert(readOnly.status == Status.readOnlySegment)
    for ((s, (got, before)) <- t.segments.zip(readOnly.segments.zip(t.data)))
      assert(got == before.toIndexedSeq, s"segment ${s.name} is written though nothing may be")
  }

  private def badArguments(dut: CoreBench, random: Random): Unit = {
    val t = task(random, 256, 30, 20)
    for (
      wrong <- Seq(
        "degreeBits" -> 7L,
        "degreeBits" -> 10L,
        "degreeBits" -> 0xffffffffL,
        "segmentCount" -> 1000L,
        "modulusCount" -> 1000L,
        "poolLines" -> (t.layout.poolLines / 2).toLong
      )
    ) {
      prepare(dut, p2, t)
      arguments(dut, t.layout, "instructionCount" -> 20L, wrong)
      val outcome = runToEnd(dut, t.layout)
      assert(outcome.status == Status.badArgument && outcome.instructions == 0, wrong.toString)
      for ((got, before) <- outcome.segments.zip(t.data)) assert(got == before.toIndexedSeq)
    }
  }

  /** Ports in the order of the bench: program, ntt, a, b, d. */
  private val portNames = Seq("program", "ntt", "a", "b", "d")

  /** A program with work for every port. */
  private def taskForAllPorts(random: Random): CoreTask = Iterator
    .continually(task(random, 256, 30, 20))
    .find { t =>
      val opcodes = t.program.instructions.asScala.map(_.opcode).toSet
      opcodes(Opcode.NTT) && opcodes(Opcode.MAC)
    }
    .get

  /** An error answer on each port ends the program with a status. */
  private def memoryErrors(dut: CoreBench, random: Random): Unit = {
    for ((writes, port) <- (0 until 5).map((false, _)) ++ Seq(0, 1, 4).map((true, _))) {
      val t = taskForAllPorts(random)
      prepare(dut, p2, t)
      noFailures(dut)
      dut.failPorts.poke(1 << port)
      val range = if (writes) dut.failWrite else dut.failRead
      // The program port's own lines are those before the pool.
      range(0).poke(if (port == 0) 0 else t.layout.pool)
      range(1).poke(if (port == 0) t.layout.pool else t.layout.end)
      val expected = if (writes) Status.writeError else Status.readError
      withClue(s"${portNames(port)}, writes $writes: ") {
        if (writes && port == 0) {
          start(dut)
          assert(capability(dut, "status") == expected)
        } else assert(runToEnd(dut, t.layout).status == expected)
      }
    }
    dut.failPorts.poke((1 << 5) - 1)
  }

  /** A channel that stands still: done and interrupt without a result, nothing starts before a reset. */
  private def silence(dut: CoreBench, random: Random): Unit = {
    val ones = Seq.fill(16)(-1L)
    val cases = Seq[(String, Channels[UInt] => UInt, Int)](
      ("R", _.r, 0),
      ("R", _.r, 1),
      ("R", _.r, 3),
      ("AR", _.ar, 2),
      ("AR", _.ar, 4),
      ("AW", _.aw, 1),
      ("W", _.w, 4),
      ("B", _.b, 1),
      ("B", _.b, 4)
    )
    for ((name, channel, port) <- cases) withClue(s"$name of ${portNames(port)} stuck: ") {
      val t = taskForAllPorts(random)
      prepare(dut, p2, t)
      store(dut, t.layout.result, ones)
      writeRegister(dut, shell.Registers.interruptGlobal, 1)
      writeRegister(dut, shell.Registers.interruptEnable, 1)
      channel(dut.stuck).poke(1 << port)
      start(dut)
      assert(capability(dut, "status") == Status.memoryTimeout)
      assert(dut.interrupt.peek().litToBoolean)
      // The memory wakes up, the core does not: it starts nothing more.
      channel(dut.stuck).poke(0)
      start(dut)
      assert(capability(dut, "status") == Status.memoryTimeout)
      dut.clock.step(500)
      assert(fetch(dut, t.layout.result, 2) == ones)
      reset(dut)
      prepare(dut, p2, t)
      val outcome = runToEnd(dut, t.layout)
      assert(outcome.status == Status.ok)
      t.compare(outcome, 20, "the same program after a reset")
    }
  }

  /** Back-pressure on every channel, one after the other and all at once, and a latency just below the watchdog. */
  private def slowMemory(dut: CoreBench, random: Random): Unit = {
    val settings = dut.gaps.all.map(Seq(_)) :+ dut.gaps.all
    for (channels <- settings) {
      val t = task(random, 256, 30, 20)
      prepare(dut, p2, t)
      channels.foreach(_.poke(15))
      val outcome = runToEnd(dut, t.layout, 4000)
      assert(outcome.status == Status.ok)
      t.compare(outcome, 20, "waiting channels")
      channels.foreach(_.poke(0))
    }
    val t = task(random, 256, 30, 20)
    prepare(dut, p2, t)
    latency(dut, p2.watchdogCycles - 50, p2.watchdogCycles - 50)
    val outcome = runToEnd(dut, t.layout, 4000)
    assert(outcome.status == Status.ok && outcome.cycles > 4 * p2.watchdogCycles)
    t.compare(outcome, 20, "slow memory")
    latency(dut, 20, 20)
  }

  private def resets(dut: CoreBench, random: Random): Unit = {
    for (_ <- 0 until 5) {
      val t = task(random, 512, 30, 20)
      prepare(dut, p2, t)
      writeRegister(dut, shell.Registers.control, 1)
      dut.clock.step(1 + random.nextInt(5000))
      reset(dut)
      prepare(dut, p2, t)
      val outcome = runToEnd(dut, t.layout)
      assert(outcome.status == Status.ok)
      t.compare(outcome, 20, "the same program after a reset in the middle")
    }
  }

  /** Writes whose data comes first, answers that wait. */
  private def slowRegisters(dut: CoreBench, random: Random): Unit = {
    val control = dut.control
    val offset = shell.Registers.arguments.head.offset
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

  /** A start that is given while the core runs: the first program keeps its arguments, the second begins when the host
    * goes on; a read that waits meanwhile keeps its value, and no event is lost.
    */
  private def startsInChain(dut: CoreBench, random: Random): Unit = {
    import shell.Registers.{interruptEnable, interruptGlobal, interruptStatus}
    val (control, t) = (dut.control, task(random, 256, 30, 20))
    def until(bit: Int): Unit =
      assert(Iterator.continually { dut.clock.step(100); readRegister(dut, shell.Registers.control) }.take(400).exists(r => (r >> bit & 1) == 1))
    prepare(dut, p2, t)
    writeRegister(dut, interruptGlobal, 1)
    writeRegister(dut, interruptEnable, 3)
    writeRegister(dut, interruptStatus, readRegister(dut, interruptStatus))
    writeRegister(dut, shell.Registers.control, 1)
    assert(readRegister(dut, interruptStatus) == 2, "the core has taken its arguments")
    writeRegister(dut, interruptStatus, 2)
    arguments(dut, t.layout, "instructionCount" -> 0L, "degreeBits" -> 9L, "segmentCount" -> 0L, "pool" -> 64L)
    writeRegister(dut, shell.Registers.control, 1)
    control.RREADY.poke(false)
    control.ARADDR.poke(shell.Registers.control)
    control.ARVALID.poke(true)
    dut.clock.step()
    control.ARVALID.poke(false)
    dut.clock.step(2)
    assert(control.RVALID.peek().litToBoolean && control.RDATA.peek().litValue == 1, "the second start waits")
    assert(Iterator.continually { dut.clock.step(100); dut.interrupt.peek().litToBoolean }.take(400).exists(identity))
    assert(control.RVALID.peek().litToBoolean && control.RDATA.peek().litValue == 1, "a value that waits stays")
    control.RREADY.poke(true)
    dut.clock.step(2)
    assert(readRegister(dut, shell.Registers.control) == 3, "done, and the second start waits for ap_continue")
    assert(readRegister(dut, interruptStatus) == 1)
    val first = outcome(dut, t.layout)
    assert(first.status == Status.ok)
    t.compare(first, 20, "its arguments were overwritten while it ran")
    writeRegister(dut, interruptStatus, 1)
    writeRegister(dut, shell.Registers.control, 16)
    until(1)
    assert(outcome(dut, t.layout).instructions == 0, "the second run")
    assert(readRegister(dut, interruptStatus) == 3)
    writeRegister(dut, interruptStatus, 3)
    writeRegister(dut, shell.Registers.control, 16)
    assert(!dut.interrupt.peek().litToBoolean && readRegister(dut, shell.Registers.control) == 12)
  }

  private def registers(dut: CoreBench, random: Random): Unit = {
    slowRegisters(dut, random)
    startsInChain(dut, random)
    assert(capability(dut, "magic") == shell.Registers.magic)
    assert(capability(dut, "version") == DescriptorLayout.VERSION)
    assert(capability(dut, "montgomeryBits") == p2.montgomeryBits)
    assert(capability(dut, "lanes") == 2)
    for (a <- shell.Registers.arguments; half <- 0 until a.bits / 32) {
      writeRegister(dut, a.offset + 4 * half, 0x9abcdef0L + a.offset + half)
      assert(readRegister(dut, a.offset + 4 * half) == 0x9abcdef0L + a.offset + half, a.name)
    }
    // A program without instructions ends, and the interrupt comes when it is enabled.
    writeRegister(dut, shell.Registers.interruptGlobal, 1)
    writeRegister(dut, shell.Registers.interruptEnable, 1)
    val t = task(random, 256, 30, 1)
    prepare(dut, p2, t)
    arguments(dut, t.layout, "instructionCount" -> 0L)
    assert(!dut.interrupt.peek().litToBoolean)
    assert(runToEnd(dut, t.layout).status == Status.ok)
    assert(dut.interrupt.peek().litToBoolean)
    writeRegister(dut, shell.Registers.interruptStatus, 1)
    assert(!dut.interrupt.peek().litToBoolean)
  }

  "Core" should "survive bad descriptors, bad arguments, memory errors, silent and slow memory and resets, and answer its registers" in {
    val random = Words.random("core, errors")
    val trials = Seq[(String, (CoreBench, Random) => Unit)](
      "bad descriptors" -> badDescriptors,
      "bad arguments" -> badArguments,
      "memory errors" -> memoryErrors,
      "silent memory" -> silence,
      "slow memory" -> slowMemory,
      "resets" -> resets,
      "registers" -> registers
    )
    simulate(new CoreBench(p2, memoryLines)) { dut =>
      reset(dut)
      for ((name, trial) <- trials) withClue(s"$name: ") {
        trial(dut, random)
        // No reset in between: the card still works.
        noFailures(dut)
        val t = task(random, 256, 30, 20)
        prepare(dut, p2, t)
        val outcome = runToEnd(dut, t.layout)
        assert(outcome.status == Status.ok)
        t.compare(outcome, 20, "a good program afterwards")
      }
    }
  }
}
