package io.cipherstream.fpga.top

import io.cipherstream.fpga._
import io.cipherstream.fpga.shell.Registers.Status
import org.scalatest.flatspec.AnyFlatSpec

/** Cycles of whole key switches at the size that counts, their words against the interpreter. */
class RotationSpec extends AnyFlatSpec with CoreDriver {
  override protected def optimised: Boolean = true

  private val p = CoreParameters(twiddleSlots = 5, degreeBitsMin = 13, limbBuffers = 3, multiplier = quick)

  "Core with P = 4" should "rotate at N = 8192 within 1.25 times the bound that its butterflies set" in {
    val random = Words.random("rotation")
    simulate(new CoreBench(p, 1 << 17)) { dut =>
      reset(dut)
      val emitted = new RotationProgram(RotationProgram.ring(3), 3)
      val t = emitted.task(random)
      prepare(dut, p, t)
      val outcome = runToEnd(dut, t.layout, 4000)
      assert(outcome.status == Status.ok)
      t.compare(outcome, t.program.instructions.size, "rotation")
      val bound = emitted.transforms * 13 * 4096 / p.lanes
      val factor = outcome.cycles.toDouble / bound
      println(
        f"core P=4 N=8192, rotation of 3 limbs: ${outcome.cycles}%d cycles, $factor%.3f of the bound $bound%d, " +
          f"${outcome.vectorBeats}%d beats, ${outcome.both}%d together"
      )
      assert(factor <= 1.25)
    }
  }
}
