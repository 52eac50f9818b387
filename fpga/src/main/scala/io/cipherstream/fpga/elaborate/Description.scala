package io.cipherstream.fpga.elaborate

import com.fasterxml.jackson.databind.ObjectMapper
import com.fasterxml.jackson.databind.node.{ArrayNode, ObjectNode}
import io.cipherstream.fpga.shell.{Axi4, Registers, Vitis}

/** `elaboration.json`: parameters, registers, ports, versions of the tools, digest of the RTL. */
object Description {

  private val mapper = new ObjectMapper()

  /** The file's text. */
  def text(c: Configuration, digest: String): String = {
    val root = mapper.createObjectNode()
    root.put("name", c.name)
    root.put("board", c.board)
    root.put("clockMHz", c.clockMHz)
    root.put("kernel", c.kernel.name)
    put(root.putObject("parameters"), c.core)
    put(root.putObject("cluster"), c.cluster)
    root.put("montgomeryBits", c.core.montgomeryBits)
    root.put("instructionSetVersion", c.kernel.instructionSetVersion)
    registers(root.putArray("registers"))
    ports(c.kernel, root.putArray("ports"))
    val tools = root.putObject("tools")
    tools.put("chisel", chisel3.BuildInfo.version)
    tools.put("firtool", chisel3.BuildInfo.firtoolVersion.getOrElse("unknown"))
    root.put("rtlDigest", digest)
    mapper.writerWithDefaultPrettyPrinter.writeValueAsString(root) + "\n"
  }

  private def put(node: ObjectNode, of: Product): Unit =
    for ((name, value) <- of.productElementNames.zip(of.productIterator)) value match {
      case number: Int    => node.put(name, number)
      case inner: Product => put(node.putObject(name), inner)
    }

  private def registers(list: ArrayNode): Unit = {
    def add(name: String, kind: String, offset: Int, bits: Int, pointer: Boolean): Unit = list
      .addObject()
      .put("name", name)
      .put("kind", kind)
      .put("offset", offset)
      .put("bits", bits)
      .put("pointer", pointer)
    add("control", "control", Registers.control, 32, pointer = false)
    add("interruptGlobal", "control", Registers.interruptGlobal, 32, pointer = false)
    add("interruptEnable", "control", Registers.interruptEnable, 32, pointer = false)
    add("interruptStatus", "control", Registers.interruptStatus, 32, pointer = false)
    for (a <- Registers.arguments) add(a.name, "argument", a.offset, a.bits, a.pointer)
    for ((name, i) <- Registers.capabilityNames.zipWithIndex)
      add(name, "capability", Registers.capabilities + 4 * i, 32, pointer = false)
  }

  private def ports(kernel: Kernel, list: ArrayNode): Unit = {
    def add(name: String, kind: String, addressBits: Int, dataBits: Int, idBits: Int): ObjectNode = list
      .addObject()
      .put("name", name)
      .put("kind", kind)
      .put("addressBits", addressBits)
      .put("dataBits", dataBits)
      .put("idBits", idBits)
    add("s_axi_control", "slave", Vitis.controlAddressBits, 32, 0)
    for (p <- kernel.ports) {
      val port = add(p.name, "master", 64, 8 * Axi4.beatBytes, Vitis.idBits).put("reads", p.reads).put("writes", p.writes)
      val bound = port.putArray("arguments")
      p.arguments.foreach(bound.add)
    }
  }
}
