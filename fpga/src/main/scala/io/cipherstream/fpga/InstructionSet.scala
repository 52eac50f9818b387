package io.cipherstream.fpga

import javax.xml.parsers.DocumentBuilderFactory
import org.w3c.dom.Element

/** The contract of host and core, read from limb-program.xml, the file from which Java's and C's are made. */
object InstructionSet {

  /** A field of a descriptor: its first byte and its length in bytes, little endian. */
  case class Field(name: String, offset: Int, bytes: Int) {

    /** Lowest bit within the descriptor. */
    val low: Int = 8 * offset

    /** Highest bit within the descriptor. */
    val high: Int = 8 * (offset + bytes) - 1

    /** Length in bits. */
    val bits: Int = 8 * bytes
  }

  /** An instruction.
    *
    * @param uses d written, D read and written, a and b read, r b may be repeated, m modulus, s source
    *   modulus, c constant, g Galois element
    */
  case class Instruction(name: String, code: Int, uses: String, inPlace: Boolean) {
    def writesD: Boolean = uses.contains('d') || readsD
    def readsD: Boolean = uses.contains('D')
    def readsA: Boolean = uses.contains('a')
    def readsB: Boolean = uses.contains('b')
  }

  private val root: Element = {
    val in = getClass.getResourceAsStream("limb-program.xml")
    require(in != null, "limb-program.xml is not on the class path: build the module fpga with Maven")
    try DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in).getDocumentElement
    finally in.close()
  }

  private def elements(tag: String): Seq[Element] = {
    val nodes = root.getElementsByTagName(tag)
    (0 until nodes.getLength).map(nodes.item(_).asInstanceOf[Element])
  }

  /** Version of the instruction set and the layout. */
  val version: Int = root.getAttribute("version").toInt

  /** Bytes of a descriptor. */
  val descriptorBytes: Int = root.getAttribute("descriptor-bytes").toInt

  /** Words of a line, the unit of operand addresses. */
  val lineWords: Int = root.getAttribute("line-words").toInt

  /** All fields by name. */
  val fields: Map[String, Field] = elements("field").map { e =>
    e.getAttribute("name") -> Field(
      e.getAttribute("name"),
      e.getAttribute("offset").toInt,
      e.getAttribute("bytes").toInt
    )
  }.toMap

  /** All instructions, in order. */
  val instructions: Seq[Instruction] = elements("instruction").map { e =>
    Instruction(
      e.getAttribute("name"),
      e.getAttribute("code").toInt,
      e.getAttribute("uses"),
      e.getAttribute("in-place").toBoolean
    )
  }

  /** The instruction of that name. */
  def apply(name: String): Instruction =
    instructions.find(_.name == name).getOrElse(throw new NoSuchElementException(s"no instruction $name"))

  /** Bits of an opcode that the instructions need. */
  val opcodeBits: Int = 32 - Integer.numberOfLeadingZeros(instructions.map(_.code).max)
}
