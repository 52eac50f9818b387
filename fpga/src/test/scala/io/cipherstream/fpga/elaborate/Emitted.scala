package io.cipherstream.fpga.elaborate

import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}
import io.cipherstream.fpga.Elaborate
import java.nio.file.{Files, Path, Paths}
import javax.xml.parsers.DocumentBuilderFactory
import org.w3c.dom.Element
import scala.jdk.CollectionConverters._
import scala.sys.process._
import scala.util.Using

/** What an elaboration wrote, read from the text of its files. */
case class Emitted(folder: Path) {

  def text(name: String): String = Files.readString(folder.resolve(name))

  /** The kernel, which is the top module. */
  def kernel: String = description.get("kernel").asText

  def description: JsonNode = Emitted.json(folder.resolve("elaboration.json"))

  /** Directions, widths and names of the kernel's ports. */
  def ports: Map[String, (String, Int)] = {
    val module = text(s"$kernel.sv")
    val list = module.substring(module.indexOf("module "), module.indexOf(");"))
    val port = """(?m)^\s*(input|output)?\s*(?:\[(\d+):0\])?\s*(\w+),?$""".r
    var (direction, bits) = ("", 1)
    port.findAllMatchIn(list.linesIterator.drop(1).mkString("\n")).map { m =>
      if (m.group(1) != null) {
        direction = m.group(1)
        bits = 1
      }
      if (m.group(2) != null) bits = m.group(2).toInt + 1
      m.group(3) -> (direction, bits)
    }.toMap
  }

  /** Byte offsets of the control words that the hardware writes. */
  def writtenWords: Set[Int] =
    """address\w*\[11:2\] == 10'h([0-9A-F]+)""".r
      .findAllMatchIn(text("Control.sv"))
      .map(m => 4 * Integer.parseInt(m.group(1), 16))
      .toSet

  /** Attributes of each element of kernel.xml with that tag. */
  def elements(tag: String): Seq[Map[String, String]] = {
    val root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(folder.resolve("kernel.xml").toFile)
    val nodes = root.getElementsByTagName(tag)
    (0 until nodes.getLength).map { i =>
      val attributes = nodes.item(i).asInstanceOf[Element].getAttributes
      (0 until attributes.getLength).map(a => attributes.item(a).getNodeName -> attributes.item(a).getNodeValue).toMap
    }
  }

  /** What verilator --lint-only -Wall says; empty if nothing. */
  def lint(more: String*): String = {
    val command =
      Seq("verilator", "--lint-only", "-Wall", Emitted.waivers.toString, "-f", "files.f", "--top-module", kernel) ++ more
    val (status, said) = Emitted.run(command, folder)
    if (status == 0) said else s"status $status\n$said"
  }
}

object Emitted {

  val bitstreams: Path = Paths.get("..", "bitstreams")

  private val waivers = Paths.get("src", "main", "verilator", "core_program.vlt").toAbsolutePath

  /** Elaborates a configuration into a folder of that name. */
  def elaborate(configuration: Path, folder: String): Emitted = {
    val out = Paths.get("target", "elaborate", folder)
    Elaborate.run(configuration, out)
    Emitted(out)
  }

  /** What an elaboration into a folder of that name would write, with the hardware of another of equal parameters. */
  def described(configuration: Path, folder: String, of: Emitted): Emitted = {
    val out = Paths.get("target", "elaborate", folder)
    Files.createDirectories(out)
    Elaborate.clear(out)
    val rtl = Using.resource(Files.walk(of.folder))(_.iterator.asScala.filter(_.toString.endsWith(".sv")).toSeq)
    for (file <- rtl) {
      val copy = out.resolve(of.folder.relativize(file))
      Files.createDirectories(copy.getParent)
      Files.copy(file, copy)
    }
    Elaborate.describe(Configuration.read(configuration), out)
    Emitted(out)
  }

  def json(file: Path): JsonNode = new ObjectMapper().readTree(Files.readString(file))

  /** Status of a command, and what it said. */
  def run(command: Seq[String], folder: Path): (Int, String) = {
    val said = new StringBuilder
    val status = Process(command, folder.toFile).!(ProcessLogger(line => said.append(line).append('\n')))
    (status, said.toString)
  }
}
