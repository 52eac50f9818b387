package io.cipherstream.fpga.board

import io.cipherstream.fpga.{Simulation, Words}
import org.scalatest.flatspec.AnyFlatSpec

class UartSpec extends AnyFlatSpec with Simulation {
  private val ticks = 7

  /** Levels of the line for a byte: start bit, eight data bits from the lowest, stop bit. */
  private def levels(byte: Int): Seq[Boolean] = false +: (0 until 8).map(i => (byte >> i & 1) == 1) :+ true

  "UartTransmitter" should "send every byte as the line's format says" in simulate(new UartTransmitter(ticks)) { dut =>
    dut.reset.poke(true)
    dut.clock.step()
    dut.reset.poke(false)
    assert(dut.io.line.peek().litToBoolean, "an idle line is high")
    for (byte <- 0 until 256) {
      dut.io.in.bits.poke(byte)
      dut.io.in.valid.poke(true)
      assert(dut.io.in.ready.peek().litToBoolean)
      dut.clock.step()
      dut.io.in.valid.poke(false)
      for (level <- levels(byte); _ <- 0 until ticks) {
        assert(dut.io.line.peek().litToBoolean == level, s"byte $byte")
        dut.clock.step()
      }
    }
  }

  "UartReceiver" should "take bytes at slightly different speeds, and drop what has no stop bit or no start" in {
    val random = Words.random("uart")
    simulate(new UartReceiver(16)) { dut =>
      var got = Seq.empty[Int]
      def step(level: Boolean, cycles: Int): Unit = for (_ <- 0 until cycles) {
        dut.io.line.poke(level)
        if (dut.io.out.valid.peek().litToBoolean) got :+= dut.io.out.bits.peek().litValue.toInt
        dut.clock.step()
      }
      dut.reset.poke(true)
      step(level = true, 2)
      dut.reset.poke(false)
      step(level = true, 40)
      val sent = Seq.fill(60)(random.nextInt(256))
      for ((byte, i) <- sent.zipWithIndex) {
        // 16 clock cycles a bit, give or take 1/64 over the byte.
        val late = random.nextInt(3) - 1
        for ((level, bit) <- levels(byte).zipWithIndex) step(level, 16 + (if (bit % 4 == 2) late else 0))
        if (i == 30) {
          step(level = true, 20)
          step(level = false, 3)
          step(level = true, 40)
          for (level <- levels(0x5a).init :+ false) step(level, 16)
          step(level = true, 400)
        }
      }
      step(level = true, 40)
      assert(got == sent)
    }
  }
}
