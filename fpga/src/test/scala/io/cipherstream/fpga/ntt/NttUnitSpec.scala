package io.cipherstream.fpga.ntt

import io.cipherstream.fpga._
import org.scalatest.flatspec.AnyFlatSpec

class NttUnitSpec extends AnyFlatSpec with NttDriver {

  for ((lanes, wordBits, buffers) <- Seq((1, 60, 2), (4, 50, 3), (8, 30, 2)))
    s"NttUnit with P = $lanes" should s"transform limbs of $wordBits bits of several degrees, both ways" in {
      val p = CoreParameters(
        wordBits = wordBits,
        degreeBitsMin = 6,
        degreeBitsMax = 10,
        lanes = lanes,
        limbBuffers = buffers,
        twiddleSlots = 2,
        multiplier = quick
      )
      val random = Words.random(s"NTT, P = $lanes")
      simulate(new NttBench(p, 6, 3)) { dut =>
        for (degreeBits <- Seq(6, 7, 10)) {
          val moduli = Words.primes(random, wordBits, degreeBits, 3)
          setup(dut, p, degreeBits, moduli)
          val (batch, expected) = limbs(random, p, degreeBits, moduli, 6).unzip
          check(run(dut, p, moduli, batch), expected.flatten, s"N = ${1 << degreeBits}")
          // Again with waiting ports, the tables of the first run still there.
          dut.inputGaps.poke(random.nextInt(4))
          dut.tableGaps.poke(random.nextInt(4))
          dut.outputGaps.poke(random.nextInt(8))
          check(run(dut, p, moduli, batch), expected.flatten, s"N = ${1 << degreeBits}, ports waiting")
        }
      }
    }

  "NttUnit" should "work after a reset in mid-operation" in {
    val p = CoreParameters(
      wordBits = 30,
      degreeBitsMin = 6,
      degreeBitsMax = 10,
      lanes = 2,
      twiddleSlots = 2,
      multiplier = quick
    )
    val random = Words.random("NTT, reset")
    simulate(new NttBench(p, 4, 2)) { dut =>
      val moduli = Words.primes(random, 30, 10, 2)
      setup(dut, p, 10, moduli)
      val (batch, expected) = limbs(random, p, 10, moduli, 4).unzip
      for (_ <- 0 until 4) {
        begin(dut, p, moduli, batch)
        dut.clock.step(1 + random.nextInt(6000))
        dut.reset.poke(true)
        dut.clock.step(1 + random.nextInt(3))
        dut.reset.poke(false)
        check(run(dut, p, moduli, batch), expected.flatten, "after a reset")
      }
    }
  }
}
