package io.cipherstream.fpga.cluster

import chisel3._
import io.cipherstream.fpga.{CoreParameters, Simulation, Words}
import io.cipherstream.ring.Repeat
import org.scalatest.flatspec.AnyFlatSpec
import scala.collection.mutable
import scala.util.Random

/** Streams of several widths beside each other, so that they are one model. */
class RepeatedBench(widths: Seq[CoreParameters]) extends Module {
  val streams: Seq[RepeatedPorts] = widths.map { p =>
    val repeated = Module(new Repeated(p))
    val ports = IO(new RepeatedPorts(p, repeated))
    repeated.io <> ports.io
    ports
  }
}

/** The ports of a Repeated. */
class RepeatedPorts(val p: CoreParameters, of: Repeated) extends Bundle {
  val io = chiselTypeOf(of.io)
}

class RepeatedSpec extends AnyFlatSpec with Simulation {
  private val wordBits = 28
  private val widths = Seq(1, 2, 8).map(lanes => CoreParameters(wordBits, degreeBitsMin = 7, degreeBitsMax = 9, lanes = lanes))

  /** Operands that follow each other, with random waiting on both sides. */
  private def run(dut: RepeatedBench, ports: RepeatedPorts, degreeBits: Int, random: Random, waits: Int): Unit = {
    val (io, lanes, degree) = (ports.io, ports.p.lanes, 1 << degreeBits)
    io.degreeBits.poke(degreeBits)
    dut.clock.step(3)
    val forms = Seq.fill(6) {
      val mirrored = random.nextBoolean()
      new Repeat(random.nextInt(degreeBits - (if (mirrored) 1 else 0)) + (if (mirrored) 0 else 1), mirrored)
    }
    val operands = forms.map(r => Seq.fill(r.words(degree))(Words.word(random, BigInt(1) << wordBits)))
    val expected = forms.zip(operands).flatMap { case (r, b) => (0 until degree).map(k => b(r.index(k, degree))) }
    val fills = mutable.Queue.from(operands.map(b => mutable.Queue.from(b.padTo(lanes, BigInt(0)).grouped(lanes))))
    val begins = mutable.Queue.from(forms.zip(fills.map(_.size).toSeq))
    val got = mutable.ArrayBuffer.empty[BigInt]
    var cycles = 0
    while (got.size < expected.size) {
      assert(cycles < 40 * degree, s"$forms: ${got.size} words of ${expected.size}")
      cycles += 1
      def open() = random.nextInt(16) >= waits
      val (begin, fill, out) = (begins.nonEmpty && open(), fills.nonEmpty && open(), open())
      io.begin.valid.poke(begin)
      for ((r, beats) <- begins.headOption) {
        io.begin.bits.beats.poke(beats)
        io.begin.bits.note.shift.poke(r.shift)
        io.begin.bits.note.mirrored.poke(r.mirrored)
      }
      io.fill.valid.poke(fill)
      for (beats <- fills.headOption; (port, word) <- io.fill.bits.zip(beats.head)) port.poke(word)
      io.out.ready.poke(out)
      if (begin && io.begin.ready.peek().litToBoolean) begins.dequeue()
      if (fill && io.fill.ready.peek().litToBoolean) {
        fills.head.dequeue()
        if (fills.head.isEmpty) fills.dequeue()
      }
      if (out && io.out.valid.peek().litToBoolean) got ++= io.out.bits.map(_.peek().litValue)
      dut.clock.step()
    }
    for (k <- expected.indices)
      assert(got(k) == expected(k), s"N = $degree, $lanes words a beat, ${forms(k / degree)}: word ${k % degree} of operand ${k / degree}")
    io.out.ready.poke(false)
  }

  "Short operands" should "stand for limbs in streams of any width, however either side waits" in
    simulate(new RepeatedBench(widths)) { dut =>
      val random = Words.random("repeated")
      for (ports <- dut.streams; port <- Seq(ports.io.begin.valid, ports.io.fill.valid, ports.io.out.ready)) port.poke(false)
      dut.reset.poke(true)
      dut.clock.step()
      dut.reset.poke(false)
      for (ports <- dut.streams; degreeBits <- 7 to 9; waits <- Seq(0, 8)) run(dut, ports, degreeBits, random, waits)
    }
}
