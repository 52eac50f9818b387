package io.cipherstream.fpga.ntt

import io.cipherstream.fpga._
import org.scalatest.flatspec.AnyFlatSpec
import scala.util.Random

/** A model for each number of lanes runs all that is shown of it: compiling it takes longer than running it. */
class NttUnitSpec extends AnyFlatSpec with NttDriver {

  private def parameters(lanes: Int, wordBits: Int, buffers: Int, degrees: Seq[Int]) = CoreParameters(
    wordBits = wordBits,
    degreeBitsMin = degrees.min,
    degreeBitsMax = degrees.max,
    lanes = lanes,
    limbBuffers = buffers,
    twiddleSlots = 2,
    multiplier = quick
  )

  /** Limbs of three moduli, both ways: first with the tables not on chip, then with waiting ports and the tables still there. */
  private def several(dut: NttBench, p: CoreParameters, random: Random, degreeBits: Int): Unit = {
    val moduli = Words.primes(random, p.wordBits, degreeBits, 3)
    setup(dut, p, degreeBits, moduli)
    val (batch, expected) = limbs(random, p, degreeBits, moduli, 6).unzip
    check(run(dut, p, moduli, batch), expected.flatten, s"N = ${1 << degreeBits}")
    dut.inputGaps.poke(random.nextInt(4))
    dut.tableGaps.poke(random.nextInt(4))
    dut.outputGaps.poke(random.nextInt(8))
    check(run(dut, p, moduli, batch), expected.flatten, s"N = ${1 << degreeBits}, ports waiting")
  }

  /** How busy the butterflies are over 16 limbs at the size that counts. */
  private def throughput(dut: NttBench, p: CoreParameters, random: Random, rounds: Int): Unit = {
    val moduli = Words.primes(random, p.wordBits, 13, 1)
    setup(dut, p, 13, moduli)
    for (round <- 0 until rounds) {
      val (batch, expected) = limbs(random, p, 13, moduli, 16).unzip
      check(run(dut, p, moduli, batch), expected.flatten, s"batch $round")
      assert(dut.tablesLoaded.peek().litValue == (if (round == 0) 1 else 0))
      if (round == 0) {
        val cycles = dut.cycles.peek().litValue.toInt
        val rows = dut.rows.peek().litValue.toInt
        assert(rows == 16 * 13 * 8192 / (2 * p.lanes))
        val busy = rows.toDouble / cycles
        println(f"NTT P=${p.lanes}%d N=8192, 16 limbs: $cycles%d cycles, butterflies busy ${100 * busy}%.2f %%")
        assert(busy >= 0.95)
        assert((cycles - NttUnit.batchCycles(p, 13, 16)).abs <= 16, "the cycle formula")
      }
    }
  }

  for ((lanes, wordBits, buffers, degrees, rounds) <- Seq((4, 50, 3, Seq(6, 7, 10, 13), 1), (16, 30, 2, Seq(8, 10, 13), 2)))
    s"NttUnit with P = $lanes" should
      s"transform limbs of $wordBits bits of several degrees, both ways, and keep 95 % of its butterflies busy at N = 8192" in {
        val p = parameters(lanes, wordBits, buffers, degrees)
        val random = Words.random(s"NTT, P = $lanes")
        simulate(new NttBench(p, 16, 3)) { dut =>
          for (degreeBits <- degrees) several(dut, p, random, degreeBits)
          throughput(dut, p, random, rounds)
        }
      }

  "NttUnit with P = 1" should "transform limbs of 60 bits of several degrees, both ways, also after resets in mid-operation" in {
    val degrees = Seq(6, 7, 10)
    val p = parameters(1, 60, 2, degrees)
    val random = Words.random("NTT, P = 1")
    simulate(new NttBench(p, 6, 3)) { dut =>
      for (degreeBits <- degrees) several(dut, p, random, degreeBits)
      val moduli = Words.primes(random, 60, 10, 2)
      setup(dut, p, 10, moduli)
      val (batch, expected) = limbs(random, p, 10, moduli, 4).unzip
      for (_ <- 0 until 4) {
        begin(dut, p, moduli, batch)
        dut.clock.step(1 + random.nextInt(15000))
        dut.reset.poke(true)
        dut.clock.step(1 + random.nextInt(3))
        dut.reset.poke(false)
        check(run(dut, p, moduli, batch), expected.flatten, "after a reset")
      }
    }
  }
}
