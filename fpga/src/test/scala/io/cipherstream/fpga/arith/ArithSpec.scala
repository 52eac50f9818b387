package io.cipherstream.fpga.arith

import chisel3._
import io.cipherstream.fpga.{CoreParameters, MultiplierShape, Simulation, Words}
import org.scalatest.flatspec.AnyFlatSpec
import scala.collection.mutable

/** Lanes of a unit behind ports that carry all lanes at once, so that a step of the test is four messages. */
class PackedLanes(p: CoreParameters, lanes: Int, unit: String) extends Module {
  private val w = p.wordBits
  val a = IO(Input(UInt((w * lanes).W)))
  val b = IO(Input(UInt((w * lanes).W)))
  val modulus = IO(Input(UInt(w.W)))
  val rSquared = IO(Input(UInt(w.W)))
  val out = IO(Output(UInt((w * lanes).W)))

  private def vector(x: UInt) = VecInit.tabulate(lanes)(i => x(i * w + w - 1, i * w))

  out := (unit match {
    case "montgomery" =>
      val m = Module(new MontgomeryMultiplier(p, lanes))
      m.io.a := vector(a)
      m.io.b := vector(b)
      m.io.modulus := modulus
      m.io.product.asUInt
    case "modular" =>
      val m = Module(new ModularMultiplier(p, lanes))
      m.io.a := vector(a)
      m.io.b := vector(b)
      m.io.modulus := modulus
      m.io.rSquared := rSquared
      m.io.product.asUInt
    case "sums" =>
      // One function a lane, in turn.
      val functions = Seq[(UInt, UInt, UInt) => UInt](
        Residue.add,
        Residue.subtract,
        (x, _, q) => Residue.negate(x, q),
        (x, _, q) => Residue.half(x, q)
      )
      VecInit.tabulate(lanes)(i => RegNext(functions(i % 4)(vector(a)(i), vector(b)(i), modulus))).asUInt
  })
}

class ArithSpec extends AnyFlatSpec with Simulation {

  /** Streams vectors through a unit, a new modulus every few, and compares every word with the formula. */
  private def stream(p: CoreParameters, lanes: Int, unit: String, latency: Int, vectors: Int)(
      moduli: Seq[BigInt],
      bounds: BigInt => (BigInt, BigInt),
      formulas: ((BigInt, BigInt, BigInt) => BigInt)*
  ): Unit = {
    val random = Words.random(s"$unit, ${p.wordBits} bits")
    val r = BigInt(1) << p.montgomeryBits
    simulate(new PackedLanes(p, lanes, unit)) { dut =>
      val expected = mutable.Queue.empty[Seq[BigInt]]
      var q = moduli.head
      for (step <- 0 until vectors + latency) {
        if (step < vectors) {
          if (step % 5 == 0) {
            q = moduli(random.nextInt(moduli.size))
            dut.modulus.poke(q)
            dut.rSquared.poke(r * r % q)
          }
          val (boundA, boundB) = bounds(q)
          val a = Seq.fill(lanes)(Words.word(random, boundA))
          val b = Seq.fill(lanes)(Words.word(random, boundB))
          expected.enqueue(Seq.tabulate(lanes)(i => formulas(i % formulas.size)(a(i), b(i), q)))
          dut.a.poke(Words.pack(a, p.wordBits))
          dut.b.poke(Words.pack(b, p.wordBits))
        }
        dut.clock.step()
        if (step + 1 >= latency && expected.nonEmpty) {
          val got = Words.unpack(dut.out.peek().litValue, p.wordBits, lanes)
          assert(got == expected.dequeue(), s"vector ${step + 1 - latency}, q = $q")
        }
      }
      assert(expected.isEmpty)
    }
  }

  private def moduli(p: CoreParameters, bits: Int*): Seq[BigInt] = {
    val random = Words.random("moduli")
    bits.flatMap(b => Words.primes(random, b, p.degreeBitsMin, 4))
  }

  /** 1 / R mod q, remembered. */
  private val inverses = mutable.Map.empty[(Int, BigInt), BigInt]
  private def inverse(p: CoreParameters, q: BigInt): BigInt =
    inverses.getOrElseUpdate((p.montgomeryBits, q), (BigInt(1) << p.montgomeryBits).modInverse(q))

  private val p50 = CoreParameters()

  for (
    (w, n, shape) <- Seq(
      (60, 13, MultiplierShape(26, 17, 2)),
      (28, 10, MultiplierShape(18, 18, 1))
    )
  )
    "MontgomeryMultiplier" should s"multiply words of $w bits, tiles of ${shape.tileA} by ${shape.tileB} bits" in {
      val p = CoreParameters(wordBits = w, degreeBitsMin = n, degreeBitsMax = math.max(n, 13), multiplier = shape)
      stream(p, 2, "montgomery", MontgomeryMultiplier.latency(p), 2000)(
        moduli(p, w, w - 1, 26),
        q => (BigInt(1) << w, q),
        (a, b, q) => a * b * inverse(p, q) % q
      )
    }

  "ModularMultiplier" should "multiply 10^6 plain residues, MUL and REDUCE mixed" in {
    stream(p50, 16, "modular", ModularMultiplier.latency(p50), 62500)(
      moduli(p50, 50, 38, 27),
      q => (BigInt(1) << p50.wordBits, q),
      (a, b, q) => a * b % q
    )
  }

  it should "take residues of 61 bits modulo smaller primes" in {
    val p = CoreParameters(wordBits = 61, multiplier = MultiplierShape(32, 32, 4))
    stream(p, 2, "modular", ModularMultiplier.latency(p), 2000)(
      moduli(p, 61, 40, 28),
      _ => (BigInt(1) << 61, 2),
      (a, b, q) => a * b % q
    )
  }

  "Residue" should "add, subtract, negate and halve 10^6 words" in {
    stream(p50, 128, "sums", 1, 8000)(
      moduli(p50, 50, 38, 28),
      q => (q, q),
      (a, b, q) => (a + b) % q,
      (a, b, q) => (a - b).mod(q),
      (a, _, q) => (-a).mod(q),
      (a, _, q) => a * (q + 1) / 2 % q
    )
  }
}
