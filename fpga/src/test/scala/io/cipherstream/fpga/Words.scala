package io.cipherstream.fpga

import scala.util.Random

/** Primes, words and packing for the tests; all arithmetic here is BigInt's. */
object Words {

  /** The seed of a test: from the environment variable CIPHERSTREAM_SEED, else from the clock; printed. */
  def random(test: String): Random = {
    val seed = sys.env.get("CIPHERSTREAM_SEED").map(_.toLong).getOrElse(System.nanoTime())
    println(s"$test: CIPHERSTREAM_SEED=$seed")
    new Random(seed)
  }

  /** Random primes of exactly that many bits, 1 modulo 2^(degreeBits + 1), all different. */
  def primes(random: Random, bits: Int, degreeBits: Int, count: Int): Seq[BigInt] = {
    val step = BigInt(1) << (degreeBits + 1)
    Iterator
      .continually {
        val top = (BigInt(1) << (bits - 1)) + BigInt(bits - 1, random.self)
        top - (top - 1) % step
      }
      .filter(q => q.bitLength == bits && q.isProbablePrime(40))
      .distinct
      .take(count)
      .toSeq
  }

  /** A word below `bound`: one time in four an edge (0, 1, bound - 1), else uniform. */
  def word(random: Random, bound: BigInt): BigInt = random.nextInt(12) match {
    case 0 => 0
    case 1 => BigInt(1).min(bound - 1)
    case 2 => bound - 1
    case _ => BigInt(bound.bitLength + 16, random.self) % bound
  }

  /** Words side by side, the first lowest; written through a string of bits, which is linear. */
  def pack(words: Seq[BigInt], bits: Int): BigInt = {
    val digits = new StringBuilder(words.size * bits)
    for (word <- words.reverseIterator) {
      val binary = word.toString(2)
      require(binary.length <= bits, s"$word has more than $bits bits")
      digits.append("0" * (bits - binary.length)).append(binary)
    }
    BigInt(digits.toString, 2)
  }

  /** Inverse of pack. */
  def unpack(packed: BigInt, bits: Int, count: Int): Seq[BigInt] = {
    val mask = (BigInt(1) << bits) - 1
    (0 until count).map(i => (packed >> (i * bits)) & mask)
  }
}
