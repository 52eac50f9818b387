package io.cipherstream.fpga.cluster

import chisel3._
import chisel3.util.log2Ceil
import io.cipherstream.fpga.{CoreParameters, CoreSet}

/** Everything that shapes a cluster.
  *
  * @param core words, degrees, butterflies (its lanes, P), root tables and memory ports
  * @param products product lanes, and words of a row of the scratchpad, M
  * @param streamWords words a cycle of each stream between scratchpad and lanes, Q
  * @param slots limbs that the scratchpad holds, S
  */
case class ClusterParameters(core: CoreParameters, products: Int = 8, streamWords: Int = 2, slots: Int = 32) {
  private def power(x: Int) = (x & (x - 1)) == 0
  require(
    power(products) && products >= CoreSet.lineWords && products <= ClusterParameters.chunkWords,
    s"$products product lanes: expected a power of two from ${CoreSet.lineWords} to ${ClusterParameters.chunkWords}"
  )
  require(
    power(streamWords) && streamWords >= 1 && streamWords <= products && streamWords <= core.lanes,
    s"streams of $streamWords words: expected a power of two up to P and M"
  )
  require(slots >= 8 && slots <= CoreSet.slotsMax, s"$slots slots: expected 8 to ${CoreSet.slotsMax}")
  require(
    core.degreeBitsMin > log2Ceil(ClusterParameters.chunkWords),
    s"degree 2^${core.degreeBitsMin}: expected at least two times ${ClusterParameters.chunkWords} words"
  )

  val wordBits: Int = core.wordBits
  val productBits: Int = log2Ceil(products)
  val streamBits: Int = log2Ceil(streamWords)
  val slotBits: Int = log2Ceil(slots)

  /** Rows of the largest limb, and bits of a row's number within its slot. */
  val rowsMax: Int = core.degreeMax / products
  val rowBits: Int = log2Ceil(rowsMax)

  /** Blocks of Q words that a row has. */
  val parts: Int = products / streamWords

  /** Bits of a block's number within a limb. */
  val blockBits: Int = core.degreeBitsMax - streamBits

  def word: UInt = UInt(wordBits.W)
  def row: Vec[UInt] = Vec(products, word)
  def block: Vec[UInt] = Vec(streamWords, word)

  /** Words a cycle of LOAD: a line at least. */
  val loadWords: Int = streamWords.max(CoreSet.lineWords)

  /** The same core with a stream's width for its lanes: what adapts lines to streams. */
  val stream: CoreParameters = core.copy(lanes = streamWords)
}

object ClusterParameters {

  /** Words of a limb in a stream of DOT that are fetched at once. */
  val chunkWords: Int = 64
}

/** A slot, or none. */
class SlotRef(p: ClusterParameters) extends Bundle {
  val used = Bool()
  val slot = UInt(p.slotBits.W)
}

/** An operation with everything that it needs, checked. */
class Operation(p: ClusterParameters) extends Bundle {
  val opcode = UInt(CoreSet.opcodeBits.W)
  val flags = UInt(CoreSet.flagBits.W)
  val modulusIndex = UInt(log2Ceil(p.core.moduli).max(1).W)
  val modulus = p.word

  /** R mod q, with which the Montgomery product reduces. */
  val one = p.word

  /** c2 R mod q. */
  val scale = p.word

  /** R^2 2^k mod q, which a sum of products is multiplied with, k the bits of a digit. */
  val sum = p.word
  val preConstant = p.word
  val constant = p.word
  val a = new SlotRef(p)
  val x = new SlotRef(p)
  val y = new SlotRef(p)

  /** The slot of the result here and in the other cluster. */
  val d = new SlotRef(p)
  val remote = new SlotRef(p)

  /** g and 1/g modulo 2N. */
  val galois = UInt((p.core.degreeBitsMax + 1).W)
  val inverse = UInt((p.core.degreeBitsMax + 1).W)
  val tag = UInt(log2Ceil(CoreSet.tags).W)
  val waits = UInt(CoreSet.tags.W)
  val terms = UInt(log2Ceil(CoreSet.termsMax + 1).W)

  /** Place of the first term in the ring of terms, and whether any is a stream from memory. */
  val first = UInt(DotTerm.ringBits.W)
  val streams = Bool()

  /** Bytes from memory's start, and lines. */
  val address = UInt(64.W)
  val lines = UInt((p.core.degreeBitsMax - 2).W)
  val repeatShift = UInt(5.W)
  val mirrored = Bool()

  def is(name: String): Bool = opcode === CoreSet(name).code.U
  def has(flag: String): Bool = flags(CoreSet.flags(flag))
}

object DotTerm {
  val slot = 0
  val memory = 1
  val constant = 2

  /** Terms that wait or are in work at once. */
  val ringBits = 9
}

/** A term of a DOT. */
class DotTerm(p: ClusterParameters) extends Bundle {
  val kind = UInt(2.W)
  val a = UInt(p.slotBits.W)
  val b = UInt(p.slotBits.W)

  /** The constant, or the address in bytes. */
  val value = UInt(64.W)
  val repeatShift = UInt(5.W)
  val mirrored = Bool()
}
