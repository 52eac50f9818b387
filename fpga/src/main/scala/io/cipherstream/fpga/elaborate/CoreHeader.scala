package io.cipherstream.fpga.elaborate

import io.cipherstream.fpga.cluster.ClusterCore
import io.cipherstream.fpga.shell.Registers

/** The C header of a configuration: registers, states, result words, parameters. */
object CoreHeader {

  private def macro_(name: String): String = name.replaceAll("([A-Z])", "_$1").toUpperCase

  private def define(name: String, value: String): String = s"#define KERNEL_$name $value"

  private def hex(name: String, value: Long): String = define(name, f"0x$value%xu")

  private def decimal(name: String, value: Long): String = define(name, s"${value}u")

  /** Parameters by name, the multiplier's prefixed by "multiplier". */
  private def parameters(c: Configuration): Seq[(String, Int)] =
    c.core.productElementNames.toSeq.zip(c.core.productIterator).flatMap {
      case (name, value: Int) => Seq(name -> value)
      case (name, value: Product) =>
        value.productElementNames.toSeq.zip(value.productIterator).map { case (n, v) =>
          s"$name${n.capitalize}" -> v.asInstanceOf[Int]
        }
      case (name, value) => throw new IllegalStateException(s"parameter $name = $value")
    }

  /** The header's text. */
  def text(c: Configuration): String = {
    val arguments = Registers.arguments.map { a =>
      s"/* ${a.text}; ${a.bits} bits */\n" + hex(s"ARGUMENT_${macro_(a.name)}", a.offset.toLong)
    }
    val capabilities = Registers.capabilityNames.zipWithIndex.map { case (name, i) =>
      hex(s"CAPABILITY_${macro_(name)}", Registers.capabilities + 4L * i)
    }
    val states = Registers.Status.all.map { case (name, code) => decimal(s"STATUS_${macro_(name)}", code.toLong) }
    val words = c.kernel.resultWords.zipWithIndex.map { case (word, i) =>
      s"/* ${word.text} */\n" + decimal(s"RESULT_${macro_(word.name)}", i.toLong)
    }
    val line = c.kernel.abilities.zipWithIndex.map { case ((name, _), i) =>
      decimal(s"ABILITY_${macro_(name)}", i.toLong)
    }
    val sections = Seq(
      "Registers of s_axi_control, byte offsets" -> Seq(
        hex("REGISTER_CONTROL", Registers.control.toLong),
        hex("REGISTER_INTERRUPT_GLOBAL", Registers.interruptGlobal.toLong),
        hex("REGISTER_INTERRUPT_ENABLE", Registers.interruptEnable.toLong),
        hex("REGISTER_INTERRUPT_STATUS", Registers.interruptStatus.toLong)
      ),
      "Arguments: byte offsets of their registers, in the order of the kernel's arguments" -> arguments,
      "Read-only words about the core, byte offsets" -> capabilities,
      "Memory ports: PORT(name) for each m_axi_<name>" ->
        Seq(s"#define KERNEL_PORTS(PORT) ${c.kernel.ports.map(p => s"PORT(${p.name.stripPrefix("m_axi_")})").mkString(" ")}"),
      "States of a program" -> states,
      "Result of a job: lines; 64-bit words of line 0" -> (decimal("RESULT_LINES", ClusterCore.resultLines.toLong) +: words),
      "Line 1 of the result: 32-bit words" -> line,
      s"Parameters of the configuration ${c.name}" ->
        (parameters(c).map { case (name, value) => decimal(macro_(name), value.toLong) } ++ Seq(
          decimal("MONTGOMERY_BITS", c.core.montgomeryBits.toLong),
          decimal("INSTRUCTION_SET_VERSION", c.kernel.instructionSetVersion.toLong),
          hex("MAGIC", Registers.magic)
        ))
    )
    val body = sections.map { case (title, lines) => s"/* $title. */\n${lines.mkString("\n")}\n" }
    s"/* Generated from the hardware's parameters. */\n#ifndef CORE_KERNEL_H\n#define CORE_KERNEL_H\n\n" +
      body.mkString("\n") + "\n#endif\n"
  }
}
