package io.cipherstream.fpga

import io.cipherstream.ring.Modulus

/** Transforms and tables computed from their definitions, independently of any engine. */
object Limbs {

  def bitReverse(k: Int, bits: Int): Int = if (bits == 0) 0 else Integer.reverse(k) >>> (32 - bits)

  /** psi, the smallest primitive 2N-th root of unity modulo q: what SEAL takes. */
  def root(q: BigInt, degreeBits: Int): BigInt = {
    val order = 2 << degreeBits
    val some = Iterator
      .from(2)
      .map(g => BigInt(g).modPow((q - 1) / order, q))
      .find(r => r.modPow(order / 2, q) == q - 1)
      .get
    Iterator.iterate(some)(_ * some * some % q).take(order / 2).min
  }

  /** Entry k: psi^bitrev(k) R mod q. */
  def table(q: BigInt, degreeBits: Int, montgomeryBits: Int): Seq[BigInt] = {
    val n = 1 << degreeBits
    val psi = root(q, degreeBits)
    val powers = Iterator.iterate((BigInt(1) << montgomeryBits) % q)(_ * psi % q).take(n).toIndexedSeq
    Seq.tabulate(n)(k => powers(bitReverse(k, degreeBits)))
  }

  /** out[k] = a(psi^(2 bitrev(k) + 1)) by Horner's rule, straight from the definition: N^2 steps. */
  def evaluate(a: Seq[BigInt], q: BigInt, degreeBits: Int): Seq[BigInt] = {
    val m = new Modulus(q.toLong)
    val psi = root(q, degreeBits)
    val words = a.map(_.toLong).toArray
    Seq.tabulate(1 << degreeBits) { k =>
      val x = psi.modPow(2 * bitReverse(k, degreeBits) + 1, q).toLong
      var sum = 0L
      for (j <- words.indices.reverse) sum = m.add(m.multiply(sum, x), words(j))
      BigInt(sum)
    }
  }

  /** The same words in N log N steps: negacyclic twist, then a recursive cyclic transform. Checked against
    * `evaluate` by LimbsSpec.
    */
  def transform(a: Seq[BigInt], q: BigInt, degreeBits: Int): Seq[BigInt] = {
    val m = new Modulus(q.toLong)
    val psi = root(q, degreeBits).toLong
    def cyclic(x: Array[Long], omega: Long): Array[Long] =
      if (x.length == 1) x
      else {
        val half = x.length / 2
        val even = cyclic(Array.tabulate(half)(i => x(2 * i)), m.multiply(omega, omega))
        val odd = cyclic(Array.tabulate(half)(i => x(2 * i + 1)), m.multiply(omega, omega))
        val out = new Array[Long](x.length)
        var w = 1L
        for (i <- 0 until half) {
          val t = m.multiply(w, odd(i))
          out(i) = m.add(even(i), t)
          out(i + half) = m.subtract(even(i), t)
          w = m.multiply(w, omega)
        }
        out
      }
    var power = 1L
    val twisted = a.map { word =>
      val t = m.multiply(word.toLong, power)
      power = m.multiply(power, psi)
      t
    }.toArray
    val natural = cyclic(twisted, m.multiply(psi, psi))
    Seq.tabulate(1 << degreeBits)(k => BigInt(natural(bitReverse(k, degreeBits))))
  }
}
