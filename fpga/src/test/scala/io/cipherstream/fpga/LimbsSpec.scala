package io.cipherstream.fpga

import org.scalatest.flatspec.AnyFlatSpec

class LimbsSpec extends AnyFlatSpec {
  "the fast model" should "equal the definition of the transform" in {
    val random = Words.random("limbs")
    for (degreeBits <- Seq(1, 4, 8); q <- Words.primes(random, 50, degreeBits, 2)) {
      val a = Seq.fill(1 << degreeBits)(Words.word(random, q))
      assert(Limbs.transform(a, q, degreeBits) == Limbs.evaluate(a, q, degreeBits))
    }
  }
}
