package io.cipherstream.fpga.board

import io.cipherstream.fpga._
import io.cipherstream.fpga.cluster.{ClusterImage, ClusterParameters, ClusterTask, RandomCore}
import io.cipherstream.fpga.shell.Registers
import io.cipherstream.ring.RandomPrograms
import org.scalatest.flatspec.AnyFlatSpec
import scala.util.Random

class SerialCardSpec extends AnyFlatSpec with SerialDriver {
  override protected def optimised: Boolean = true

  private val lines = 2048
  private val p = ClusterParameters(
    CoreParameters(
      wordBits = 28,
      degreeBitsMin = 7,
      degreeBitsMax = 7,
      lanes = 1,
      twiddleSlots = 2,
      segments = 8,
      moduli = 4,
      multiplier = quick
    ),
    products = 8,
    streamWords = 1,
    slots = 8
  )

  private def task(random: Random): ClusterTask = {
    val ring = RandomPrograms.ring(random.nextLong(), 1 << p.core.degreeBitsMin, 1, p.wordBits)
    val programs = new RandomCore(random, ring, 1, p.slots)
    new ClusterTask(programs.next(12, Seq("LOAD", "STORE", "XFM", "MAP", "DOT")), programs.data(), 1)
  }

  private def run(dut: SerialBench, t: ClusterTask): Unit = {
    val image = new ClusterImage(p, Seq(t))
    val layout = image.layouts.head
    require(image.end <= lines, s"the program needs ${image.end} lines")
    for ((line, content) <- image.parts)
      assert(writeLines(dut, line, content.padTo((content.size + 7) / 8 * 8, 0L).toIndexedSeq) == Bridge.done)
    val arguments = ClusterImage.arguments(image.ring, 1, lines)
    for (a <- Registers.arguments; half <- 0 until a.bits / 32)
      assert(writeRegister(dut, a.offset + 4 * half, arguments(a.name) >>> (32 * half)) == Bridge.done)
    assert(writeRegister(dut, Registers.control, 1) == Bridge.done)
    assert(Iterator.continually(readRegister(dut, Registers.control)).take(200).exists(_._1.toInt % 4 / 2 == 1), "the program ends")
    val (result, _) = readLines(dut, layout.result, 1)
    assert(result.head == 0, "status of the program")
    assert(result(5) == t.program.ops.size, "operations dispatched")
    val (expected, zeros) = t.expected
    assert(result(1) == zeros, "zero words")
    for (((s, base), words) <- t.segments.zip(layout.bases).zip(expected)) {
      val (got, status) = readLines(dut, base, (s.words / 8).toInt)
      assert(status == Bridge.done)
      val wrong = got.indices.filter(i => got(i) != words(i))
      assert(wrong.isEmpty, s"segment ${s.name}: ${wrong.size} words differ, first ${wrong.headOption}")
    }
    assert(writeRegister(dut, Registers.control, 16) == Bridge.done)
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

  "SerialCard" should "run random core programs from its serial line as the interpreter does, and refuse bad commands" in {
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
