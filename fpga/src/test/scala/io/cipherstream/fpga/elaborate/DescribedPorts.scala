package io.cipherstream.fpga.elaborate

import org.scalatest.Assertions._

/** What kernel.xml says of a kernel's ports and arguments, held against its SystemVerilog. */
object DescribedPorts {

  private val master = Seq(
    "AW" -> Seq("VALID" -> 1, "READY" -> -1, "ADDR" -> 64, "ID" -> 1, "LEN" -> 8, "SIZE" -> 3, "BURST" -> 2, "LOCK" -> 1, "CACHE" -> 4, "PROT" -> 3, "QOS" -> 4, "REGION" -> 4),
    "W" -> Seq("VALID" -> 1, "READY" -> -1, "DATA" -> 512, "STRB" -> 64, "LAST" -> 1),
    "B" -> Seq("VALID" -> -1, "READY" -> 1, "RESP" -> -2, "ID" -> -1),
    "AR" -> Seq("VALID" -> 1, "READY" -> -1, "ADDR" -> 64, "ID" -> 1, "LEN" -> 8, "SIZE" -> 3, "BURST" -> 2, "LOCK" -> 1, "CACHE" -> 4, "PROT" -> 3, "QOS" -> 4, "REGION" -> 4),
    "R" -> Seq("VALID" -> -1, "READY" -> 1, "DATA" -> -512, "LAST" -> -1, "RESP" -> -2, "ID" -> -1)
  )

  private val slave = Seq(
    "AW" -> Seq("VALID" -> -1, "READY" -> 1, "ADDR" -> -12),
    "W" -> Seq("VALID" -> -1, "READY" -> 1, "DATA" -> -32, "STRB" -> -4),
    "B" -> Seq("VALID" -> 1, "READY" -> -1, "RESP" -> 2),
    "AR" -> Seq("VALID" -> -1, "READY" -> 1, "ADDR" -> -12),
    "R" -> Seq("VALID" -> 1, "READY" -> -1, "DATA" -> 32, "RESP" -> 2)
  )

  /** Signals of a port by name; a negative width is an input. */
  private def signals(name: String, channels: Seq[(String, Seq[(String, Int)])]): Map[String, (String, Int)] =
    (for ((channel, list) <- channels; (signal, bits) <- list)
      yield s"${name}_$channel$signal" -> (if (bits < 0) "input" else "output", bits.abs)).toMap

  /** The ports that a kernel has by its kernel.xml: whole AXI4 masters, an AXI4-Lite slave, clock, reset, interrupt. */
  def of(emitted: Emitted): Map[String, (String, Int)] = emitted
    .elements("port")
    .flatMap(p => signals(p("name"), if (p("mode") == "master") master else slave))
    .toMap ++ Map("ap_clk" -> ("input", 1), "ap_rst_n" -> ("input", 1), "interrupt" -> ("output", 1))

  /** Every argument has registers of its own, which the hardware writes, and a port if it is a pointer. */
  def checkArguments(emitted: Emitted): Unit = {
    val arguments = emitted.elements("arg")
    val offsets = arguments.flatMap { a =>
      val first = Integer.decode(a("offset")).toInt
      (0 until Integer.decode(a("size")) by 4).map(first + _)
    }
    assert(offsets.distinct.size == offsets.size)
    assert(offsets.toSet ++ Set(0, 4, 8, 12) == emitted.writtenWords)
    assert(arguments.map(_("id").toInt) == arguments.indices)
    assert(arguments.map(_("name")).take(5) == Seq("descriptors", "segments", "tables", "pool", "result"))
    val names = emitted.elements("port").map(_("name")).toSet
    for (a <- arguments) {
      assert(names(a("port")))
      assert((a("addressQualifier") == "1") == a("port").startsWith("m_axi_"))
      assert((a("type") == "void*") == (a("addressQualifier") == "1"))
    }
  }
}
