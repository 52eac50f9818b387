package io.cipherstream.fpga

import javax.xml.parsers.DocumentBuilderFactory
import org.w3c.dom.Element

/** The operations of core programs, read from core-program.xml, the file from which Java's and C's are made. */
object CoreSet {

  /** A field of an operation or a term: its first byte and its length in bytes, little endian. */
  case class Field(name: String, offset: Int, bytes: Int) {

    /** Lowest bit within the operation. */
    val low: Int = 8 * offset

    /** Highest bit within the operation. */
    val high: Int = 8 * (offset + bytes) - 1
  }

  /** An operation.
    *
    * @param uses d writes slots, a reads a slot, o has x and y, t has terms, l reads memory, s writes memory, m has a modulus,
    *   g permutes what it writes
    */
  case class Operation(name: String, code: Int, uses: String)

  private val root: Element = {
    val in = getClass.getResourceAsStream("core-program.xml")
    require(in != null, "core-program.xml is not on the class path: build the module fpga with Maven")
    try DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in).getDocumentElement
    finally in.close()
  }

  private def elements(tag: String): Seq[Element] = {
    val nodes = root.getElementsByTagName(tag)
    (0 until nodes.getLength).map(nodes.item(_).asInstanceOf[Element])
  }

  private def named[T](tag: String)(value: Element => T): Map[String, T] =
    elements(tag).map(e => e.getAttribute("name") -> value(e)).toMap

  /** Version of the operations and of their layout. */
  val version: Int = root.getAttribute("version").toInt

  /** Bytes of an operation, and of a term. */
  val opBytes: Int = root.getAttribute("op-bytes").toInt
  val termBytes: Int = root.getAttribute("term-bytes").toInt

  /** Words of a line: an operation, and a beat of a memory port. */
  val lineWords: Int = opBytes / 8

  /** Terms in a line. */
  val lineTerms: Int = opBytes / termBytes

  /** Fields of operations and, with names that begin with `term-`, of terms. */
  val fields: Map[String, Field] =
    named("field")(e => Field(e.getAttribute("name"), e.getAttribute("offset").toInt, e.getAttribute("bytes").toInt))

  /** Bit of each flag. */
  val flags: Map[String, Int] = named("flag")(_.getAttribute("bit").toInt)

  /** Bits of all flags together. */
  val flagBits: Int = flags.values.max + 1

  private val limits: Map[String, Int] = named("limit")(_.getAttribute("value").toInt)

  val clustersMax: Int = limits("CLUSTERS_MAX")
  val slotsMax: Int = limits("SLOTS_MAX")

  /** Most terms of a DOT, and of the sum that is reduced at once. */
  val termsMax: Int = limits("TERMS_MAX")
  val sumTermsMax: Int = limits("SUM_TERMS_MAX")
  val tags: Int = limits("TAGS")

  /** The slot that is none. */
  val slotNone: Int = limits("SLOT_NONE")

  /** All operations, in order. */
  val operations: Seq[Operation] =
    elements("operation").map(e => Operation(e.getAttribute("name"), e.getAttribute("code").toInt, e.getAttribute("uses")))

  /** The operation of that name. */
  def apply(name: String): Operation =
    operations.find(_.name == name).getOrElse(throw new NoSuchElementException(s"no operation $name"))

  /** Bits of an opcode that the operations need. */
  val opcodeBits: Int = 32 - Integer.numberOfLeadingZeros(operations.map(_.code).max)
}
