package io.cipherstream.fpga.cluster

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.{CoreParameters, Simulation, Words}
import org.scalatest.flatspec.AnyFlatSpec

/** A product lane and the reduction of its sums. */
class ProductsBench(p: ClusterParameters) extends Module {
  val valid = IO(Input(Bool()))
  val first = IO(Input(Bool()))
  val last = IO(Input(Bool()))
  val a = IO(Input(p.word))
  val b = IO(Input(p.word))
  val modulus = IO(Input(p.word))
  val factor = IO(Input(p.word))

  /** Residues as they come, counted. */
  val residue = IO(Output(p.word))
  val count = IO(Output(UInt(16.W)))

  private val lanes = Module(new ProductLanes(p))
  lanes.io.valid := valid
  lanes.io.first := first
  lanes.io.last := last
  lanes.io.a.foreach(_ := a)
  lanes.io.b.foreach(_ := b)
  private val reduction = Module(new SumReduction(p))
  reduction.io.sums(0) := lanes.io.sums(p.products - 1)
  reduction.io.modulus := modulus
  reduction.io.factor := factor
  private val fresh = ShiftRegister(lanes.io.fresh, 1 + SumReduction.latency(p), false.B, true.B)
  private val held = RegEnable(reduction.io.residues(0), fresh)
  private val counted = RegInit(0.U(16.W))
  when(fresh) { counted := counted + 1.U }
  residue := held
  count := counted
}

class ProductsSpec extends AnyFlatSpec with Simulation {

  "Sums of products" should "be exact with up to 32 terms of 50 bits in 48-bit accumulators" in {
    val p = ClusterParameters(CoreParameters(wordBits = 50, degreeBitsMin = 10, lanes = 1), streamWords = 1)
    val random = Words.random("products")
    val w = BigInt(1) << p.wordBits
    val r = BigInt(1) << p.core.montgomeryBits
    simulate(new ProductsBench(p)) { dut =>
      dut.valid.poke(false)
      dut.reset.poke(true)
      dut.clock.step(2)
      dut.reset.poke(false)
      for (round <- 0 until 60) {
        val q = Words.primes(random, if (round % 3 == 0) 50 else 20 + random.nextInt(31), 10, 1).head
        val terms = if (round < 4) 32 else 1 + random.nextInt(32)
        // A factor a may hold residues of any modulus.
        val factors = Seq.fill(terms)(if (round < 2) (w - 1, q - 1) else (Words.word(random, w), Words.word(random, q)))
        dut.modulus.poke(q)
        dut.factor.poke(r * r * (BigInt(1) << p.core.digitBits) % q)
        for (((a, b), i) <- factors.zipWithIndex) {
          dut.valid.poke(true)
          dut.first.poke(i == 0)
          dut.last.poke(i == terms - 1)
          dut.a.poke(a)
          dut.b.poke(b)
          dut.clock.step()
        }
        dut.valid.poke(false)
        dut.clock.step(SumReduction.latency(p) + 8)
        assert(dut.count.peek().litValue == round + 1)
        assert(dut.residue.peek().litValue == factors.map { case (a, b) => a * b }.sum % q, s"round $round, $terms terms modulo $q")
      }
    }
  }
}
