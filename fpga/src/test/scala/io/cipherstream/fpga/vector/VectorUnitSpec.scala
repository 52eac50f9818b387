package io.cipherstream.fpga.vector

import io.cipherstream.fpga._
import org.scalatest.flatspec.AnyFlatSpec
import scala.util.Random

class VectorUnitSpec extends AnyFlatSpec with StreamDriver {
  import VectorCases.Case

  /** Whole beats: a repeated operand shorter than a beat leaves the rest unspecified. */
  private def beats(words: Seq[BigInt], lanes: Int): Seq[BigInt] =
    words ++ Seq.fill((lanes - words.size % lanes) % lanes)(BigInt(0))

  private def begin(dut: VectorBench, p: CoreParameters, cases: Seq[Case]): Unit = {
    val streams = Seq(cases.map(_.a), cases.map(_.b), cases.map(_.d)).map(_.flatMap(beats(_, p.lanes)))
    for ((port, words) <- Seq(dut.a, dut.b, dut.d).zip(streams))
      if (words.nonEmpty) {
        val padding = (StreamMemories.rowWords - words.size % StreamMemories.rowWords) % StreamMemories.rowWords
        writeRows(port, dut.clock, words ++ Seq.fill(padding)(BigInt(0)), 0, p.wordBits)
      }
    dut.rewind.poke(true)
    dut.clock.step()
    dut.rewind.poke(false)
    for ((words, i) <- streams.zipWithIndex) dut.start(i).poke(words.size / p.lanes)
    dut.clock.step()
    for (i <- 0 until 3) dut.start(i).poke(0)
    dut.command.valid.poke(true)
    val r = BigInt(1) << p.montgomeryBits
    for (c <- cases) {
      dut.command.bits.opcode.poke(InstructionSet(c.opcode).code)
      dut.command.bits.modulus.poke(c.q)
      dut.command.bits.rSquared.poke(r * r % c.q)
      dut.command.bits.constant.poke(c.constant)
      dut.command.bits.galois.poke(c.galois)
      dut.command.bits.repeat.shift.poke(c.shift)
      dut.command.bits.repeat.mirrored.poke(c.mirrored)
      dut.clock.step()
    }
    dut.command.valid.poke(false)
  }

  private def run(dut: VectorBench, p: CoreParameters, cases: Seq[Case], what: String): Unit = {
    begin(dut, p, cases)
    val expected = cases.flatMap(_.out)
    var rounds = 0
    while (dut.received.peek().litValue < expected.size / p.lanes || !dut.idle.peek().litToBoolean) {
      dut.clock.step(100)
      rounds += 1
      assert(rounds < 10000, s"$what: the unit hangs")
    }
    dut.clock.step(4)
    val names = cases.map(c => s"${c.opcode}/${c.shift}${if (c.mirrored) "m" else ""}")
    check(
      readRows(dut.out, dut.clock, expected.size / StreamMemories.rowWords, p.wordBits),
      expected,
      s"$what: ${names.mkString(" ")}"
    )
    assert(dut.zeros.peek().litValue == cases.map(_.zeros).sum, s"$what: zeros")
  }

  private def parameters(lanes: Int, wordBits: Int, permutationLimbs: Int) = CoreParameters(
    wordBits = wordBits,
    degreeBitsMin = 8,
    degreeBitsMax = 10,
    lanes = lanes,
    permutationLimbs = permutationLimbs,
    multiplier = quick
  )

  /** Instructions of every kind, several degrees, ports that wait and that do not. */
  private def mixed(dut: VectorBench, p: CoreParameters, random: Random, rounds: Int): Unit =
    for (degreeBits <- Seq(8, 10); round <- 0 until rounds) {
      dut.degreeBits.poke(degreeBits)
      val moduli = Seq(p.wordBits, p.wordBits - 12, 28).flatMap(Words.primes(random, _, degreeBits, 2))
      val names = VectorUnit.instructions ++ Seq.fill(20)(VectorUnit.instructions(random.nextInt(12)))
      val cases = random.shuffle(names).map(VectorCases.random(random, p, degreeBits, _, moduli))
      dut.gaps.foreach(_.poke(if (round % 2 == 0) 0 else random.nextInt(4)))
      run(dut, p, cases, s"N = ${1 << degreeBits}, round $round")
    }

  private def resets(dut: VectorBench, p: CoreParameters, random: Random, moduli: Seq[BigInt]): Unit =
    for (round <- 0 until 4) {
      val names = Seq.fill(16)(VectorUnit.instructions(random.nextInt(12)))
      val cases = names.map(VectorCases.random(random, p, 10, _, moduli))
      begin(dut, p, cases)
      dut.clock.step(1 + random.nextInt(4000))
      dut.reset.poke(true)
      dut.clock.step(1 + random.nextInt(3))
      dut.reset.poke(false)
      run(dut, p, cases, s"after reset $round")
    }

  /** A beat a cycle through chains. */
  private def throughput(dut: VectorBench, p: CoreParameters, random: Random, moduli: Seq[BigInt]): Unit = {
    def chain(opcode: String, repeated: Boolean) =
      Iterator
        .continually(VectorCases.random(random, p, 10, opcode, moduli))
        .filter(c => (c.shift > 0 || c.mirrored) == repeated)
        .take(32)
        .toSeq
    for ((name, cases) <- Seq(
        "MUL" -> chain("MUL", repeated = false),
        "MAC, b repeated" -> chain("MAC", repeated = true),
        "PERM" -> chain("PERM", repeated = false)
      )) {
      run(dut, p, cases, name)
      val cycles = dut.cycles.peek().litValue.toInt
      val beats = dut.beats.peek().litValue.toInt
      println(f"vector P=${p.lanes}%d N=1024, 32 times $name%s: $cycles%d cycles for $beats%d beats")
      assert(beats == 32 * 1024 / p.lanes)
      assert(cycles <= 1.04 * beats + VectorUnit.latency(p))
    }
  }

  for ((lanes, wordBits, permutationLimbs, rounds) <- Seq((1, 60, 1, 2), (16, 50, 2, 20)))
    s"VectorUnit with P = $lanes" should s"run random instructions on words of $wordBits bits, several degrees" in {
      val p = parameters(lanes, wordBits, permutationLimbs)
      val random = Words.random(s"vector, P = $lanes")
      simulate(new VectorBench(p, 40)) { dut =>
        dut.gaps.foreach(_.poke(0))
        mixed(dut, p, random, rounds)
      }
    }

  "VectorUnit with P = 4" should "run random instructions, also after resets, and take a beat a cycle, repeated operands and PERM too" in {
    val p = parameters(4, 50, 2)
    val random = Words.random("vector, P = 4")
    simulate(new VectorBench(p, 40)) { dut =>
      dut.gaps.foreach(_.poke(0))
      mixed(dut, p, random, 2)
      dut.gaps.foreach(_.poke(0))
      dut.degreeBits.poke(10)
      val moduli = Words.primes(random, 50, 10, 2)
      resets(dut, p, random, moduli)
      throughput(dut, p, random, moduli)
    }
  }
}
