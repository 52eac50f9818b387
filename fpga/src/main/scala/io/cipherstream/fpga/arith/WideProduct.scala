package io.cipherstream.fpga.arith

import chisel3._
import chisel3.util.Cat
import io.cipherstream.fpga.MultiplierShape

/** How a product is cut into tiles and how many cycles it takes. */
object WideProduct {

  /** A partial product: bits of a from `aLow`, bits of b from `bLow`. */
  case class Tile(aLow: Int, aBits: Int, bLow: Int, bBits: Int)

  /** Tiles that cover aBits times bBits, with the factors turned so that fewer tiles do. */
  def tiles(aBits: Int, bBits: Int, shape: MultiplierShape): Seq[Tile] = {
    def cut(stepA: Int, stepB: Int) =
      for (i <- 0 until aBits by stepA; j <- 0 until bBits by stepB)
        yield Tile(i, math.min(stepA, aBits - i), j, math.min(stepB, bBits - j))
    val straight = cut(shape.tileA, shape.tileB)
    val turned = cut(shape.tileB, shape.tileA)
    if (turned.size < straight.size) turned else straight
  }

  /** Levels of adders that sum so many values. */
  private def levels(values: Int): Int = chisel3.util.log2Ceil(values)

  /** Cycles from factors to product: one for the tiles, the rest for the sum. */
  def latency(aBits: Int, bBits: Int, shape: MultiplierShape): Int = {
    val n = levels(tiles(aBits, bBits, shape).size)
    1 + (n + shape.adderLevels - 1) / shape.adderLevels
  }
}

/** product = a * b, unsigned, a new one each cycle, [[WideProduct.latency]] cycles later. */
class WideProduct(aBits: Int, bBits: Int, shape: MultiplierShape) extends Module {
  val io = IO(new Bundle {
    val a = Input(UInt(aBits.W))
    val b = Input(UInt(bBits.W))
    val product = Output(UInt((aBits + bBits).W))
  })

  /** A summand: value times 2^low, value of `bits` bits. */
  private case class Part(low: Int, bits: Int, value: UInt) {
    def registered: Part = {
      val r = Reg(UInt(bits.W))
      r := value
      copy(value = r)
    }
  }

  private val partial = WideProduct.tiles(aBits, bBits, shape).map { t =>
    val tile = io.a(t.aLow + t.aBits - 1, t.aLow) * io.b(t.bLow + t.bBits - 1, t.bLow)
    Part(t.aLow + t.bLow, t.aBits + t.bBits, tile).registered
  }

  /** Sums two parts; bits of the lower one below the upper one's lowest bit pass by the adder. */
  private def sum(lower: Part, upper: Part): Part = {
    val gap = upper.low - lower.low
    if (gap >= lower.bits)
      Part(lower.low, gap + upper.bits, Cat(upper.value, 0.U((gap - lower.bits).W), lower.value))
    else {
      // The whole product has no more bits than its factors together.
      val bits = math.min(math.max(upper.bits, lower.bits - gap) + 1, aBits + bBits - upper.low)
      val high = (upper.value +& lower.value(lower.bits - 1, gap))(bits - 1, 0)
      Part(lower.low, gap + bits, if (gap == 0) high else Cat(high, lower.value(gap - 1, 0)))
    }
  }

  private def tree(parts: Seq[Part], level: Int): UInt =
    if (parts.size == 1) {
      val last = if (level % shape.adderLevels != 0) parts.head.registered else parts.head
      require(last.low == 0)
      last.value.pad(aBits + bBits)(aBits + bBits - 1, 0)
    } else {
      val next = parts.sortBy(_.low).grouped(2).map {
        case Seq(lower, upper) => sum(lower, upper)
        case Seq(last)         => last
      }
      val register = (level + 1) % shape.adderLevels == 0
      tree(next.map(part => if (register) part.registered else part).toSeq, level + 1)
    }

  io.product := tree(partial, 0)
}
