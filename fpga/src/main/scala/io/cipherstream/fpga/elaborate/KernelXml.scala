package io.cipherstream.fpga.elaborate

import io.cipherstream.fpga.shell.{Axi4, Registers, Vitis}

/** `kernel.xml`: what Vitis wants to know of an RTL kernel. */
object KernelXml {

  private def port(name: String, mode: String, range: String, bits: Int): String =
    s"""      <port name="$name" mode="$mode" range="$range" dataWidth="$bits" portType="addressable" base="0x0"/>"""

  private def ports(kernel: Kernel): Seq[String] =
    port("s_axi_control", "slave", f"0x${1 << Vitis.controlAddressBits}%X", 32) +:
      kernel.ports.map(p => port(p.name, "master", "0xFFFFFFFFFFFFFFFF", 8 * Axi4.beatBytes))

  private def arguments(kernel: Kernel): Seq[String] = Registers.arguments.zipWithIndex.map { case (a, id) =>
    val bytes = a.bits / 8
    val (qualifier, kind, on) =
      if (a.pointer) (1, "void*", kernel.ports.find(_.arguments.contains(a.name)).get.name)
      else (0, if (bytes == 8) "ulong" else "uint", "s_axi_control")
    s"""      <arg name="${a.name}" addressQualifier="$qualifier" id="$id" port="$on" size="0x$bytes" """ +
      f"""offset="0x${a.offset}%X" """ +
      s"""type="$kind" hostOffset="0x0" hostSize="0x$bytes"/>"""
  }

  /** The file's text; it depends on no parameter but the number of clusters. */
  def text(kernel: Kernel): String =
    s"""<?xml version="1.0" encoding="UTF-8"?>
       |<!-- Generated. Limbs and root tables are read through several ports: connect every port to the memory of the pool. -->
       |<root versionMajor="1" versionMinor="6">
       |  <kernel name="${kernel.name}" language="ip_c" vlnv="cipherstream.io:kernel:${kernel.name}:1.0" attributes="" preferredWorkGroupSizeMultiple="0" workGroupSize="1" interrupt="true" hwControlProtocol="ap_ctrl_chain">
       |    <ports>
       |${ports(kernel).mkString("\n")}
       |    </ports>
       |    <args>
       |${arguments(kernel).mkString("\n")}
       |    </args>
       |  </kernel>
       |</root>
       |""".stripMargin
}
