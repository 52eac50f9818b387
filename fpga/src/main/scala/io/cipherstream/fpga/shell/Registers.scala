package io.cipherstream.fpga.shell

/** The AXI4-Lite register map, as data: the hardware, the host's header and the documents come from it.
  * Arguments lie as Vitis lays them out, 64-bit ones in two words and a free word behind each.
  */
object Registers {

  /** An argument of the kernel.
    *
    * @param pointer whether it is the address of a buffer
    */
  case class Argument(name: String, offset: Int, bits: Int, pointer: Boolean, text: String)

  val control = 0x00
  val interruptGlobal = 0x04
  val interruptEnable = 0x08
  val interruptStatus = 0x0c

  val arguments: Seq[Argument] = {
    val list = Seq(
      ("descriptors", 64, true, "job list"),
      ("segments", 64, true, "not used: a job has a segment table of its own"),
      ("tables", 64, true, "modulus table, a line each: q, R^2 mod q, line of its root table from here; root tables"),
      ("pool", 64, true, "limb pool"),
      ("result", 64, true, "not used: a job has a result of its own"),
      ("instructionCount", 32, false, "jobs"),
      ("segmentCount", 32, false, "not used"),
      ("modulusCount", 32, false, "entries of the modulus table"),
      ("degreeBits", 32, false, "log2 N"),
      ("poolLines", 64, false, "lines of the pool")
    )
    val sizes = list.map { case (_, bits, _, _) => if (bits == 64) 12 else 8 }
    val offsets = sizes.scanLeft(0x10)(_ + _)
    list.zip(offsets).map { case ((name, bits, pointer, text), offset) =>
      Argument(name, offset, bits, pointer, text)
    }
  }

  /** Read-only words about the core, from here on. */
  val capabilities = 0x100

  /** Names of those words, in order. */
  val capabilityNames: Seq[String] = Seq(
    "magic",
    "version",
    "wordBits",
    "montgomeryBits",
    "lanes",
    "degreeBitsMin",
    "degreeBitsMax",
    "segments",
    "moduli",
    "status",
    "failedInstruction"
  )

  /** "CSLP" */
  val magic: Long = 0x43534c50L

  /** Why a program stopped; 0 is success. */
  object Status {
    val ok = 0
    val badOpcode = 1
    val badModulus = 2
    val badSegment = 3
    val outsideSegment = 4
    val readOnlySegment = 5
    val badField = 6
    val badArgument = 7
    val readError = 8
    val writeError = 9

    /** The memory did not answer: the core needs a reset, and has written no result. */
    val memoryTimeout = 10

    /** All of them by name. */
    val all: Seq[(String, Int)] = Seq(
      "ok" -> ok,
      "badOpcode" -> badOpcode,
      "badModulus" -> badModulus,
      "badSegment" -> badSegment,
      "outsideSegment" -> outsideSegment,
      "readOnlySegment" -> readOnlySegment,
      "badField" -> badField,
      "badArgument" -> badArgument,
      "readError" -> readError,
      "writeError" -> writeError,
      "memoryTimeout" -> memoryTimeout
    )
  }

  /** A word of the result line. */
  case class ResultWord(name: String, text: String)
}
