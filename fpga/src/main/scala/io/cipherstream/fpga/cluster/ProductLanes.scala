package io.cipherstream.fpga.cluster

import io.cipherstream.fpga.CoreSet
import chisel3._
import chisel3.util._
import io.cipherstream.fpga.arith.{Delay, MontgomeryMultiplier, WideProduct}

object ProductLanes {

  /** Bits of a sum of products above those of a product. */
  val growth: Int = log2Ceil(CoreSet.sumTermsMax)

  /** Cycles from the last term to `fresh`. */
  val latency: Int = 3
}

/** M lanes that each add products up, every multiplier of the device in an accumulator of its own: no carry leaves it and nothing
  * is reduced. A term a cycle.
  */
class ProductLanes(p: ClusterParameters) extends Module {
  private val tiles = WideProduct.tiles(p.wordBits, p.wordBits, p.core.multiplier)
  private def widths = tiles.map(t => UInt((t.aBits + t.bBits + ProductLanes.growth).W))
  private def laneSums = MixedVec(widths)
  val io = IO(new Bundle {
    val valid = Input(Bool())
    val first = Input(Bool())
    val last = Input(Bool())
    val a = Input(p.row)
    val b = Input(p.row)

    /** The sums of the terms up to the last `last`, from the cycle behind `fresh` to the one with the next. */
    val fresh = Output(Bool())
    val sums = Output(Vec(p.products, laneSums))
  })
  private val (valid1, valid2) = (RegNext(io.valid, false.B), RegNext(RegNext(io.valid, false.B), false.B))
  private val first2 = RegNext(RegNext(io.first))
  private val ends = Delay.flag(io.valid && io.last, 3)
  io.fresh := ends
  for (lane <- 0 until p.products) {
    val (a, b) = (RegEnable(io.a(lane), io.valid), RegEnable(io.b(lane), io.valid))
    for ((t, i) <- tiles.zipWithIndex) {
      val product = RegEnable(a(t.aLow + t.aBits - 1, t.aLow) * b(t.bLow + t.bBits - 1, t.bLow), valid1)
      val sum = Reg(widths(i))
      when(valid2) { sum := Mux(first2, 0.U, sum) + product }
      io.sums(lane)(i) := RegEnable(sum, ends)
    }
  }
}

object SumReduction {

  /** Cycles from partial sums to the residue. */
  def latency(p: ClusterParameters): Int =
    log2Ceil(WideProduct.tiles(p.wordBits, p.wordBits, p.core.multiplier).size) + 2 * (p.core.digits + 1) + 1 +
      MontgomeryMultiplier.latency(p.core)
}

/** Sums of up to 32 products to canonical residues, on Q lanes, a block a cycle: the partial sums of a lane are put together to T,
  * one Montgomery digit more than for a product brings T below 2^wordBits, and a Montgomery product with R^2 2^k takes back
  * what was divided by.
  */
class SumReduction(p: ClusterParameters) extends Module {
  private val tiles = WideProduct.tiles(p.wordBits, p.wordBits, p.core.multiplier)
  private val w = p.wordBits
  private val total = 2 * w + ProductLanes.growth
  val io = IO(new Bundle {
    val sums = Input(Vec(p.streamWords, MixedVec(tiles.map(t => UInt((t.aBits + t.bBits + ProductLanes.growth).W)))))
    val modulus = Input(p.word)

    /** R^2 2^k mod q. */
    val factor = Input(p.word)
    val residues = Output(p.block)
  })
  private val levels = log2Ceil(tiles.size)
  private val digits = p.core.digits + 1
  require(total - digits * p.core.digitBits <= w, "a digit more brings a sum below a word")
  private val modulusAfterDigit = Seq.iterate(Delay(io.modulus, levels), digits + 1)(q => RegNext(RegNext(q)))
  private val product = Module(new MontgomeryMultiplier(p.core, p.streamWords))
  for (lane <- 0 until p.streamWords) {
    def tree(parts: Seq[UInt]): UInt =
      if (parts.size == 1) parts.head
      else tree(parts.grouped(2).map(pair => Delay.step(pair.reduce((x, y) => (x + y)(total - 1, 0)), total)).toSeq)
    val whole = tree(tiles.zip(io.sums(lane)).map { case (t, s) => (s << (t.aLow + t.bLow)).asUInt.pad(total)(total - 1, 0) })
    val reduced = (0 until digits).foldLeft(Cat(0.U(1.W), whole).asSInt) { (t, digit) =>
      val width = math.max(total - p.core.digitBits * (digit + 1), w) + 1
      MontgomeryMultiplier.digit(p.core, t, modulusAfterDigit(digit), width)
    }
    val canonical = Mux(reduced < 0.S, (reduced + modulusAfterDigit(digits).zext).asUInt, reduced.asUInt)
    product.io.a(lane) := RegNext(canonical(w - 1, 0))
  }
  product.io.modulus := RegNext(modulusAfterDigit(digits))
  product.io.b.foreach(_ := Delay(io.factor, levels + 2 * digits + 1))
  io.residues := product.io.product
}
