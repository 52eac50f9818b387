package io.cipherstream.fpga.arith

import chisel3._
import chisel3.util.Cat
import io.cipherstream.fpga.CoreParameters

object MontgomeryMultiplier {

  /** Cycles from factors to product. */
  def latency(p: CoreParameters): Int =
    1 + WideProduct.latency(p.wordBits, p.wordBits, p.multiplier) + 2 * p.digits + 1

  /** (t - (t mod 2^k) q) / 2^k in two cycles, k the bits of a digit: tiles, then one sum.
    *
    * @param width bits of the result
    */
  def digit(p: CoreParameters, t: SInt, q: UInt, width: Int): SInt = {
    val (w, k) = (p.wordBits, p.digitBits)
    val m = t(k - 1, 0)
    val high = q(w - 1, k)
    val tiles = WideProduct.tiles(k, w - k, p.multiplier).map { tile =>
      val product =
        RegNext(m(tile.aLow + tile.aBits - 1, tile.aLow) * high(tile.bLow + tile.bBits - 1, tile.bLow))
      (product << (tile.aLow + tile.bLow)).asUInt.zext
    }
    val shifted = RegNext(t >> k)
    val difference = tiles.foldLeft(shifted)((x, y) => x -& y)
    RegNext(difference(width - 1, 0).asSInt)
  }
}

/** product = a * b / R mod q for every lane, R = 2^montgomeryBits; a below 2^wordBits, b and the product in
  * [0, q). A new vector each cycle, each with its own modulus.
  *
  * Word-level Montgomery reduction for q = 1 mod 2^k, k the digit's bits: with m = T mod 2^k,
  * (T - m q) / 2^k = (T >> k) - m (q >> k), exactly, so a digit costs one k-bit product and no multiplication
  * by -1/q. T stays above -q; a last conditional addition makes it canonical.
  */
class MontgomeryMultiplier(p: CoreParameters, lanes: Int) extends Module {
  private val w = p.wordBits
  private val k = p.digitBits
  private val productLatency = WideProduct.latency(w, w, p.multiplier)

  val io = IO(new Bundle {
    val a = Input(Vec(lanes, UInt(w.W)))
    val b = Input(Vec(lanes, UInt(w.W)))
    val modulus = Input(UInt(w.W))
    val product = Output(Vec(lanes, UInt(w.W)))
  })

  // The modulus travels beside the words, once for all lanes.
  private val modulusAtDigits = Delay(io.modulus, 1 + productLatency)
  private val modulusAfterDigit = Seq.iterate(modulusAtDigits, p.digits + 1)(q => RegNext(RegNext(q)))

  for (lane <- 0 until lanes) {
    val full = Module(new WideProduct(w, w, p.multiplier))
    full.io.a := RegNext(io.a(lane))
    full.io.b := RegNext(io.b(lane))
    val reduced = (0 until p.digits).foldLeft(Cat(0.U(1.W), full.io.product).asSInt) { (t, digit) =>
      MontgomeryMultiplier.digit(p, t, modulusAfterDigit(digit), math.max(2 * w - k * (digit + 1), w) + 1)
    }
    val q = modulusAfterDigit(p.digits)
    val canonical = Mux(reduced < 0.S, (reduced + q.zext).asUInt, reduced.asUInt)
    io.product(lane) := RegNext(canonical(w - 1, 0))
  }
}
