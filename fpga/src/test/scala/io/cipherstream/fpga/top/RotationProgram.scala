package io.cipherstream.fpga.top

import io.cipherstream.ring._
import scala.jdk.CollectionConverters._
import scala.util.Random

/** A rotation as the compiler of the module ckks emits it: the same instructions on the same operands, hence
  * the same hazards. c holds the ciphertext's limbs [poly][limb], key is [digit][poly][data primes, P].
  *
  * @param limbs data primes
  */
class RotationProgram(ring: LimbRing, limbs: Int) {
  private val n = ring.degree
  private val special = ring.moduli.size - 1
  private val code = LimbProgram.builder("rotation", ring)
  private def limb(segment: Segment, index: Int): Operand = segment.at(index.toLong * n)
  private def modulus(i: Int): Int = if (i == limbs) special else i
  private def prime(i: Int): Long = ring.modulus(modulus(i)).value

  private val c = code.input("c", 2L * limbs * n)
  private val key = code.input("key", 2L * limbs * (limbs + 1) * n)
  private val out = code.output("out", 2L * limbs * n)
  private val permuted = code.scratch("permuted", 2L * limbs * n)
  private val digits = code.scratch("digits", limbs.toLong * n)
  private val lifted = code.scratch("lifted", limbs.toLong * (limbs + 1) * n)
  private val sums = code.scratch("sums", 2L * (limbs + 1) * n)
  private val remainders = code.scratch("remainders", 2L * limbs * n)

  /** Transforms of the program: l + l^2 + 2 + 2 l. */
  val transforms: Int = (limbs + 1) * (limbs + 2)

  private def permute(poly: Int): Unit =
    for (i <- 0 until limbs) code.perm(i, limb(permuted, poly * limbs + i), limb(c, poly * limbs + i), 3)

  private def digit(i: Int, j: Int): Operand =
    if (i == j) limb(permuted, limbs + j) else limb(lifted, i * limbs + j)

  private def lift(i: Int): Unit =
    for (j <- 0 until limbs if i != j) {
      code.reduce(modulus(i), digit(i, j), limb(digits, j), j)
      code.ntt(modulus(i), digit(i, j), digit(i, j))
    }

  private def accumulate(i: Int): Unit =
    for (poly <- 0 until 2; j <- 0 until limbs) {
      val sum = limb(sums, poly * (limbs + 1) + i)
      val factor = limb(key, (2 * j + poly) * (limbs + 1) + i)
      if (j == 0) code.mul(modulus(i), sum, digit(i, j), factor) else code.mac(modulus(i), sum, digit(i, j), factor)
    }

  private val half = prime(limbs) >> 1
  private def last(poly: Int): Operand = limb(sums, poly * (limbs + 1) + limbs)

  private def divide(poly: Int): Unit =
    for (i <- 0 until limbs) {
      val q = ring.modulus(i)
      val work = limb(remainders, poly * limbs + i)
      val to = limb(out, poly * limbs + i)
      code.reduce(i, work, last(poly), special)
      code.addc(i, work, work, q.negate(half % q.value))
      code.ntt(i, work, work)
      code.sub(i, to, limb(sums, poly * (limbs + 1) + i), work)
      code.scale(i, to, to, q.inverse(prime(limbs) % q.value))
      if (poly == 0) code.add(i, to, to, limb(permuted, i))
    }

  for (poly <- 0 until 2) permute(poly)
  for (j <- 0 until limbs) code.intt(j, limb(digits, j), limb(permuted, limbs + j))
  for (i <- 0 to limbs) lift(i)
  for (i <- 0 to limbs) accumulate(i)
  for (poly <- 0 until 2) {
    code.intt(special, last(poly), last(poly)).addc(special, last(poly), last(poly), half)
    divide(poly)
  }

  /** In the order in which the host gives it to a card. */
  val program: LimbProgram = UnitSchedule.of(code.build(), 1)

  /** Random limbs for c and key, and rubbish in out. */
  def task(random: Random): CoreTask = {
    def words(count: Int, modulusOf: Int => Int): Seq[Long] =
      (0 until count).flatMap { index =>
        val q = ring.modulus(modulusOf(index)).value
        Seq.fill(n)(random.nextLong(q))
      }
    new CoreTask(
      ring,
      program,
      Seq(
        words(2 * limbs, _ % limbs),
        words(2 * limbs * (limbs + 1), index => modulus(index % (limbs + 1))),
        Seq.fill(2 * limbs * n)(-1L)
      )
    )
  }
}

object RotationProgram {

  /** The parameter set n8192 of the module ckks, cut to its first data primes. */
  def ring(limbs: Int): LimbRing = {
    val data = Seq(1125899906629633L, 274877153281L, 274877202433L, 274877562881L).take(limbs)
    new LimbRing(8192, (data :+ 1125899906826241L).map(new Modulus(_)).asJava)
  }
}
