package io.cipherstream.fpga.board

import io.cipherstream.fpga._
import io.cipherstream.fpga.shell.Registers
import io.cipherstream.ring._
import java.nio.{ByteBuffer, ByteOrder}
import org.scalatest.flatspec.AnyFlatSpec
import scala.jdk.CollectionConverters._
import scala.util.{Random, Using}

class SerialCardSpec extends AnyFlatSpec with SerialDriver {
  override protected def optimised: Boolean = true

  private val bits = 30
  private val degree = 256
  private val lines = 2048
  private val p = CoreParameters(
    wordBits = bits,
    degreeBitsMin = 8,
    degreeBitsMax = 8,
    lanes = 1,
    twiddleSlots = 2,
    permutationLimbs = 1,
    window = 4,
    multiplier = quick
  )

  private def longs(buffer: ByteBuffer): IndexedSeq[Long] = {
    val words = buffer.order(ByteOrder.LITTLE_ENDIAN)
    IndexedSeq.fill(words.remaining / 8)(words.getLong)
  }

  private def direct(words: Seq[Long]): ByteBuffer = {
    val buffer = ByteBuffer.allocateDirect(8 * words.size).order(ByteOrder.LITTLE_ENDIAN)
    words.foreach(buffer.putLong)
    buffer.flip()
  }

  /** A program, its data, and where it lies in the card's memory, in lines. */
  private class Task(ring: LimbRing, val program: LimbProgram, val inputs: Seq[IndexedSeq[Long]]) {
    val segments: Seq[Segment] = program.segments.asScala.toSeq
    private val limb = ring.limbLines
    private val moduli = ring.moduli.asScala.map(m => BigInt(m.value)).toSeq
    private val descriptorWords = longs(program.descriptors())
    val descriptors = 0
    val segmentTable: Int = descriptors + descriptorWords.size / 8
    val tables: Int = segmentTable + (segments.size + 3) / 4
    val result: Int = tables + moduli.size * (1 + limb)
    val pool: Int = result + 2
    val bases: Seq[Int] = segments.scanLeft(0)((at, s) => at + (s.words / 8).toInt)
    require(pool + bases.last <= lines, s"the program needs ${pool + bases.last} lines")

    /** Everything before the result, line by line. */
    val front: IndexedSeq[Long] = {
      val r = BigInt(1) << p.montgomeryBits
      val table = segments.zip(bases).flatMap { case (s, base) =>
        Seq(base.toLong, (if (s.access.writable) 1L << 32 else 0L) | (s.words / 8))
      }
      val rows = moduli.zipWithIndex.flatMap { case (q, i) =>
        Seq(q.toLong, (r * r % q).toLong, (moduli.size + i * limb).toLong, 0L, 0L, 0L, 0L, 0L)
      }
      val roots = moduli.flatMap(Limbs.table(_, ring.degreeBits, p.montgomeryBits).map(_.toLong))
      descriptorWords ++ table.padTo(8 * (tables - segmentTable), 0L) ++ rows ++ roots
    }

    val arguments: Map[String, Long] = Map(
      "descriptors" -> 64L * descriptors,
      "segments" -> 64L * segmentTable,
      "tables" -> 64L * tables,
      "pool" -> 64L * pool,
      "result" -> 64L * result,
      "instructionCount" -> program.instructions.size.toLong,
      "segmentCount" -> segments.size.toLong,
      "modulusCount" -> moduli.size.toLong,
      "degreeBits" -> ring.degreeBits.toLong,
      "poolLines" -> bases.last.toLong
    )

    /** Words of the arguments afterwards, as the interpreter computes them. */
    def expected: Seq[IndexedSeq[Long]] = Using.resource(new JavaEngine(ring, 1L << 30)) { engine =>
      val buffers = inputs.map { words =>
        val buffer = engine.allocate(words.size)
        engine.upload(direct(words), buffer, 0)
        buffer
      }
      engine.submit(program, buffers.map(LimbView.of(_)).asJava).await()
      buffers.map { b =>
        val target = ByteBuffer.allocateDirect(8 * b.words.toInt).order(ByteOrder.LITTLE_ENDIAN)
        engine.download(b, 0, target)
        longs(target.rewind())
      }
    }
  }

  private def task(random: Random): Task = {
    val ring = RandomPrograms.ring(random.nextLong(), degree, 1, bits)
    val programs = new RandomPrograms(random.nextLong(), ring)
    val program = programs.next(12)
    new Task(ring, program, programs.data(program).asScala.map(_.toIndexedSeq).toSeq)
  }

  private def run(dut: SerialBench, t: Task): Unit = {
    assert(writeLines(dut, t.descriptors, t.front) == Bridge.done)
    val arguments = t.segments.zip(t.bases).filter(_._1.access != Segment.Access.SCRATCH)
    for (((_, base), words) <- arguments.zip(t.inputs))
      assert(writeLines(dut, t.pool + base, words) == Bridge.done)
    for (a <- Registers.arguments; half <- 0 until a.bits / 32)
      assert(writeRegister(dut, a.offset + 4 * half, t.arguments(a.name) >>> (32 * half)) == Bridge.done)
    assert(writeRegister(dut, Registers.control, 1) == Bridge.done)
    assert(Iterator.continually(readRegister(dut, Registers.control)).take(200).exists(_._1.toInt % 4 / 2 == 1), "the program ends")
    val (result, _) = readLines(dut, t.result, 1)
    assert(result.head == 0, "status of the program")
    assert(result(5) == t.program.instructions.size, "instructions finished")
    for (((s, base), expected) <- arguments.zip(t.expected)) {
      val (got, status) = readLines(dut, t.pool + base, (s.words / 8).toInt)
      assert(status == Bridge.done)
      val wrong = got.indices.filter(i => got(i) != expected(i))
      assert(wrong.isEmpty, s"segment ${s.name}: ${wrong.size} words differ, first ${wrong.headOption}")
    }
  }

  /** What the bridge refuses; the card works on afterwards. */
  private def refusals(dut: SerialBench): Unit = {
    assert(readRegister(dut, Registers.capabilities) == ((Registers.magic, Bridge.done)))
    command(dut, 0, 0, 0)
    assert(receive(dut, 1) == Seq(Bridge.badCommand))
    command(dut, 77, 0, 5)
    assert(receive(dut, 1) == Seq(Bridge.badCommand))
    assert(writeRegister(dut, 0x1000 + Registers.control, 1) == Bridge.refused)
    assert(readRegister(dut, 0x80000000L) == ((0L, Bridge.refused)))
    assert(readLines(dut, lines - 1, 2)._2 == Bridge.refused)
    assert(readLines(dut, 0xffffffffL, 1)._2 == Bridge.refused)
    val mark = IndexedSeq.tabulate(8)(i => 0x0123456789abcdefL * (i + 1))
    assert(writeLines(dut, 5, mark) == Bridge.done)
    // Line 5 + 2^26 is byte address 320 + 2^32: no alias of line 5.
    assert(writeLines(dut, 5 + (1L << 26), mark.map(~_)) == Bridge.refused)
    assert(writeLines(dut, 5L + lines, mark.map(~_)) == Bridge.refused)
    command(dut, Bridge.writeLines, 5, 0)
    assert(receive(dut, 1) == Seq(Bridge.done), "no lines")
    send(dut, Seq(Bridge.writeLines, 5, 0, 0))
    dut.clock.step((SerialCard.quietBits + 20) * ticks)
    nothingMore(dut)
    assert(readLines(dut, 5, 1) == ((mark, Bridge.done)), "half a command is forgotten, line 5 is as it was")
  }

  "SerialCard" should "run random limb programs from its serial line as the interpreter does, and refuse bad commands" in {
    val random = Words.random("serial card")
    simulate(new SerialBench(p, lines, ticks)) { dut =>
      reset(dut)
      refusals(dut)
      run(dut, task(random))
      reset(dut)
      run(dut, task(random))
      nothingMore(dut)
    }
  }
}
