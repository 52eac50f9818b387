package io.cipherstream.fpga.ntt

import io.cipherstream.fpga._
import org.scalatest.flatspec.AnyFlatSpec

/** More than 10^6 words at the size that counts, and how busy the butterflies are. */
class NttThroughputSpec extends AnyFlatSpec with NttDriver {
  override protected def optimised: Boolean = true

  for ((lanes, rounds) <- Seq((4, 1), (16, 7)))
    "NttUnit" should s"keep 95 % of its butterflies busy over 16 limbs at N = 8192, P = $lanes" in {
      val p = CoreParameters(lanes = lanes, degreeBitsMin = 13, twiddleSlots = 2, multiplier = quick)
      val random = Words.random(s"NTT, P = $lanes")
      simulate(new NttBench(p, 16, 1)) { dut =>
        val moduli = Words.primes(random, 50, 13, 1)
        setup(dut, p, 13, moduli)
        val (batch, expected) = limbs(random, p, 13, moduli, 16).unzip
        check(run(dut, p, moduli, batch), expected.flatten, "a batch, the table not on chip")
        val cycles = dut.cycles.peek().litValue.toInt
        val rows = dut.rows.peek().litValue.toInt
        assert(dut.tablesLoaded.peek().litValue == 1)
        assert(rows == 16 * 13 * 8192 / (2 * lanes))
        val busy = rows.toDouble / cycles
        println(f"NTT P=$lanes%d N=8192, 16 limbs: $cycles%d cycles, butterflies busy ${100 * busy}%.2f %%")
        assert(busy >= 0.95)
        assert((cycles - NttUnit.batchCycles(p, 13, 16)).abs <= 16, "the cycle formula")
        for (round <- 1 until rounds) {
          val (more, expectedMore) = limbs(random, p, 13, moduli, 16).unzip
          check(run(dut, p, moduli, more), expectedMore.flatten, s"batch $round")
          assert(dut.tablesLoaded.peek().litValue == 0)
        }
      }
    }
}
