package io.cipherstream.fpga.board

import io.cipherstream.fpga.{Simulation, Words}
import io.cipherstream.fpga.shell.Axi4
import org.scalatest.flatspec.AnyFlatSpec
import scala.util.Random

class LineMemorySpec extends AnyFlatSpec with Simulation {
  private val lines = 96
  private val ports = 3

  private def address(a: Axi4.Address, line: BigInt, beats: Int, size: Int, burst: Int, offset: Int): Unit = {
    a.id.poke(1)
    a.addr.poke(line * 64 + offset)
    a.len.poke(beats - 1)
    a.size.poke(size)
    a.burst.poke(burst)
  }

  private def until(dut: LineMemory, what: String)(done: => Boolean): Unit = {
    var waits = 0
    while (!done) {
      dut.clock.step()
      waits += 1
      assert(waits < 50, s"$what does not come")
    }
  }

  /** Writes a burst, returns its answer. */
  private def write(
      dut: LineMemory,
      port: Int,
      line: BigInt,
      data: Seq[BigInt],
      size: Int = 6,
      burst: Int = 1,
      offset: Int = 0,
      strobes: BigInt = (BigInt(1) << 64) - 1
  ): Int = {
    val w = dut.io.write(port)
    address(w.aw.bits, line, data.size, size, burst, offset)
    w.aw.valid.poke(true)
    until(dut, "AWREADY")(w.aw.ready.peek().litToBoolean)
    dut.clock.step()
    w.aw.valid.poke(false)
    for ((word, i) <- data.zipWithIndex) {
      w.w.bits.data.poke(word)
      w.w.bits.strb.poke(strobes)
      w.w.bits.last.poke(i == data.size - 1)
      w.w.valid.poke(true)
      until(dut, "WREADY")(w.w.ready.peek().litToBoolean)
      dut.clock.step()
    }
    w.w.valid.poke(false)
    until(dut, "BVALID")(w.b.valid.peek().litToBoolean)
    assert(w.b.bits.id.peek().litValue == 1)
    val resp = w.b.bits.resp.peek().litValue.toInt
    w.b.ready.poke(true)
    dut.clock.step()
    w.b.ready.poke(false)
    resp
  }

  /** Reads a burst with random waiting, returns its beats and their answers. */
  private def read(
      dut: LineMemory,
      random: Random,
      port: Int,
      line: BigInt,
      beats: Int,
      size: Int = 6,
      burst: Int = 1
  ): Seq[(BigInt, Int)] = {
    val r = dut.io.read(port)
    address(r.ar.bits, line, beats, size, burst, 0)
    r.ar.valid.poke(true)
    until(dut, "ARREADY")(r.ar.ready.peek().litToBoolean)
    dut.clock.step()
    r.ar.valid.poke(false)
    (0 until beats).map { i =>
      dut.clock.step(random.nextInt(4))
      until(dut, "RVALID")(r.r.valid.peek().litToBoolean)
      assert(r.r.bits.id.peek().litValue == 1)
      assert(r.r.bits.last.peek().litToBoolean == (i == beats - 1))
      val beat = (r.r.bits.data.peek().litValue, r.r.bits.resp.peek().litValue.toInt)
      r.r.ready.poke(true)
      dut.clock.step()
      r.r.ready.poke(false)
      beat
    }
  }

  "LineMemory" should "keep what was written through any port, and refuse what is outside or no whole line" in {
    val random = Words.random("line memory")
    def line() = BigInt(512, random.self)
    simulate(new LineMemory(lines, ports)) { dut =>
      for (i <- 0 until ports) {
        for (valid <- Seq(dut.io.read(i).ar.valid, dut.io.write(i).aw.valid, dut.io.write(i).w.valid)) valid.poke(false)
        for (ready <- Seq(dut.io.read(i).r.ready, dut.io.write(i).b.ready)) ready.poke(false)
      }
      dut.reset.poke(true)
      dut.clock.step()
      dut.reset.poke(false)
      val model = Array.fill(lines)(line())
      for (first <- 0 until lines by 32) assert(write(dut, first / 32, first, model.slice(first, first + 32).toSeq) == LineMemory.okay)
      for (_ <- 0 until 60) {
        val first = random.nextInt(lines)
        val beats = 1 + random.nextInt(math.min(16, lines - first))
        if (random.nextBoolean()) {
          val data = Seq.fill(beats)(line())
          assert(write(dut, random.nextInt(ports), first, data) == LineMemory.okay)
          data.copyToArray(model, first)
        }
        assert(read(dut, random, random.nextInt(ports), first, beats) == model.slice(first, first + beats).toSeq.map((_, LineMemory.okay)))
      }
      val two = Seq(line(), line())
      assert(write(dut, 0, lines - 1, two) == LineMemory.decodeError, "leaves the memory")
      assert(write(dut, 1, BigInt(1) << 50, two) == LineMemory.decodeError, "far outside")
      assert(write(dut, 1, 128, two) == LineMemory.decodeError, "just outside, a power of two")
      assert(write(dut, 2, 0, two, size = 3) == LineMemory.slaveError, "half words")
      assert(write(dut, 2, 0, two, burst = 0) == LineMemory.slaveError, "a fixed burst")
      assert(write(dut, 2, 0, two, offset = 8) == LineMemory.slaveError, "no whole line")
      assert(write(dut, 2, 0, two, strobes = 1) == LineMemory.slaveError, "one byte")
      assert(read(dut, random, 0, lines - 1, 2).map(_._2) == Seq(LineMemory.decodeError, LineMemory.decodeError))
      assert(read(dut, random, 0, 3, 1, size = 2).map(_._2) == Seq(LineMemory.slaveError))
      for (first <- 0 until lines by 32)
        assert(read(dut, random, 0, first, 32).map(_._1) == model.slice(first, first + 32).toSeq, "nothing refused was written")
    }
  }
}
