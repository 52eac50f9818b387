package io.cipherstream.fpga.top

import io.cipherstream.fpga._
import io.cipherstream.fpga.shell.Registers.Status
import io.cipherstream.ring._
import java.nio.{ByteBuffer, ByteOrder}
import org.scalatest.flatspec.AnyFlatSpec
import scala.jdk.CollectionConverters._
import scala.util.{Random, Using}

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

  private def direct(words: Seq[Long]): ByteBuffer = {
    val buffer = ByteBuffer.allocateDirect(8 * words.size).order(ByteOrder.LITTLE_ENDIAN)
    words.foreach(buffer.putLong)
    buffer.flip()
    buffer
  }

  /** A program with its data and its place in memory. */
  private class Task(val ring: LimbRing, val program: LimbProgram, val inputs: Seq[Seq[Long]]) {
    val segments: Seq[Segment] = program.segments.asScala.toSeq
    val descriptors: Array[Byte] = bytes(program)
    val layout = new Layout(ring, segments, descriptors.length)
    require(layout.end < memoryLines, "the program fits into the memory of the bench")

    /** Words of all segments; scratch begins as rubbish. */
    val data: Seq[Seq[Long]] = {
      val next = inputs.iterator
      segments.map(s => if (s.access == Segment.Access.SCRATCH) Seq.fill(s.words.toInt)(-1L) else next.next())
    }

    /** What the interpreter makes of the first instructions: arguments, number of zeros. */
    def expected(instructions: Int): (Seq[IndexedSeq[Long]], Long) = {
      val prefix = ByteBuffer.wrap(descriptors, 0, 64 * instructions).slice()
      val run = LimbProgram.parse("prefix", ring, program.segments, prefix)
      Using.resource(new JavaEngine(ring, 1L << 30)) { engine =>
        val buffers = inputs.map { words =>
          val buffer = engine.allocate(words.size)
          engine.upload(direct(words), buffer, 0)
          buffer
        }
        val result = engine.submit(run, buffers.map(LimbView.of(_)).asJava).await()
        val out = buffers.map { b =>
          val target = ByteBuffer.allocateDirect(8 * b.words.toInt).order(ByteOrder.LITTLE_ENDIAN)
          engine.download(b, 0, target)
          IndexedSeq.fill(b.words.toInt)(target.getLong)
        }
        (out, result.zeroWords)
      }
    }

    def compare(outcome: Outcome, instructions: Int, what: String): Unit = {
      assert(outcome.instructions == instructions, what)
      val (words, zeros) = expected(instructions)
      val got = segments.zip(outcome.segments).collect {
        case (s, w) if s.access != Segment.Access.SCRATCH => w
      }
      for (((g, e), s) <- got.zip(words).zip(program.arguments.asScala)) {
        val wrong = g.indices.filter(i => g(i) != e(i))
        assert(wrong.isEmpty, s"$what, segment ${s.name}: ${wrong.size} words differ, first ${wrong.headOption}")
      }
      assert(outcome.zeroWords == zeros, what)
    }
  }

  private def task(random: Random, degree: Int, bits: Int, instructions: Int): Task = {
    val ring = RandomPrograms.ring(random.nextLong(), degree, 4, bits)
    val programs = new RandomPrograms(random.nextLong(), ring)
    val program = programs.next(instructions)
    new Task(ring, program, programs.data(program).asScala.map(_.toSeq).toSeq)
  }

  /** Puts a task into memory and its addresses into the registers. */
  private def prepare(
      dut: CoreBench,
      p: CoreParameters,
      t: Task,
      descriptors: Option[Array[Byte]] = None,
      segmentTable: Seq[Long] => Seq[Long] = identity
  ): Unit = {
    storeTables(dut, p, t.layout)
    storeProgram(dut, t.layout, descriptors.getOrElse(t.descriptors), t.data, segmentTable)
    arguments(dut, t.layout, "instructionCount" -> t.program.instructions.size)
  }

  for ((lanes, rounds) <- Seq((4, 6), (16, 3)))
    s"Core with P = $lanes" should "run random limb programs as the interpreter does" in {
      val p = parameters(lanes, 50)
      val random = Words.random(s"core, P = $lanes")
      simulate(new CoreBench(p, memoryLines)) { dut =>
        reset(dut)
        for (round <- 0 until rounds) {
          val t = task(random, 256 << (round % 2), 50, 40)
          prepare(dut, p, t)
          dut.latency.poke(random.nextInt(60))
          dut.gaps.poke(if (round < 2) 0 else random.nextInt(4))
          val outcome = runToEnd(dut, t.layout)
          assert(outcome.status == Status.ok)
          t.compare(outcome, 40, s"round $round")
          println(
            s"core P=$lanes N=${t.ring.degree}: 40 random instructions in ${outcome.cycles} cycles, " +
              s"${outcome.nttRows} rows of butterflies, ${outcome.vectorBeats} beats, ${outcome.both} together"
          )
        }
      }
    }

  /** A descriptor list with one field of one descriptor changed. */
  private def changed(t: Task, index: Int, field: String, value: Long): Array[Byte] = {
    val f = InstructionSet.fields(field)
    val out = t.descriptors.clone
    for (i <- 0 until f.bytes) out(64 * index + f.offset + i) = (value >>> (8 * i)).toByte
    out
  }

  private val p2 = parameters(2, 30)

  /** A bad descriptor stops the program with its number; those before it are finished. */
  private def badDescriptors(dut: CoreBench, random: Random): Unit = {
    val cases = Seq[(String, Long, Int)](
      ("opcode", 0, Status.badOpcode),
      ("opcode", 15, Status.badOpcode),
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
    def permutation(t: Task) = (0 until 40).find(t.program.instructions.get(_).opcode == Opcode.PERM)
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

  private def memoryErrors(dut: CoreBench, random: Random): Unit = {
    for (writes <- Seq(false, true)) {
      val t = task(random, 256, 30, 20)
      prepare(dut, p2, t)
      val (range, other) = if (writes) (dut.failWrite, dut.failRead) else (dut.failRead, dut.failWrite)
      range(0).poke(t.layout.pool)
      range(1).poke(t.layout.end)
      other.foreach(_.poke(0))
      val outcome = runToEnd(dut, t.layout)
      assert(outcome.status == (if (writes) Status.writeError else Status.readError))
    }
  }

  private def resets(dut: CoreBench, random: Random): Unit = {
    for (_ <- 0 until 5) {
      val t = task(random, 512, 30, 20)
      prepare(dut, p2, t)
      writeRegister(dut, shell.Registers.control, 1)
      dut.clock.step(1 + random.nextInt(5000))
      reset(dut)
    }
  }

  private def registers(dut: CoreBench, random: Random): Unit = {
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

  "Core" should "survive bad descriptors, bad arguments, memory errors and resets, and answer its registers" in {
    val random = Words.random("core, errors")
    val trials = Seq[(String, (CoreBench, Random) => Unit)](
      "bad descriptors" -> badDescriptors,
      "bad arguments" -> badArguments,
      "memory errors" -> memoryErrors,
      "resets" -> resets,
      "registers" -> registers
    )
    simulate(new CoreBench(p2, memoryLines)) { dut =>
      reset(dut)
      for ((name, trial) <- trials) withClue(s"$name: ") {
        trial(dut, random)
        // No reset in between: the card still works.
        for (range <- Seq(dut.failRead, dut.failWrite); x <- range) x.poke(0)
        val t = task(random, 256, 30, 20)
        prepare(dut, p2, t)
        val outcome = runToEnd(dut, t.layout)
        assert(outcome.status == Status.ok)
        t.compare(outcome, 20, "a good program afterwards")
      }
    }
  }
}
