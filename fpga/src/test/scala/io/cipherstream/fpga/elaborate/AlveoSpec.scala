package io.cipherstream.fpga.elaborate

import io.cipherstream.fpga.cluster.ClusterParameters
import java.nio.file.{Files, Path, Paths}
import org.scalatest.flatspec.AnyFlatSpec
import scala.collection.mutable
import scala.jdk.CollectionConverters._
import scala.util.Using

/** What is committed for the Alveo cards, held against the hardware that it is said to be for. */
class AlveoSpec extends AnyFlatSpec {

  private val elaborated = mutable.Map.empty[ClusterParameters, Emitted]

  /** A committed configuration with what it elaborates to. */
  private case class Committed(folder: Path) {
    val name: String = folder.getFileName.toString
    lazy val emitted: Emitted = {
      val file = folder.resolve("configuration.json")
      // Cards of equal parameters have the same hardware, which is elaborated once.
      val core = Configuration.read(file).parameters
      val found = elaborated.get(core).map(Emitted.described(file, name, _)).getOrElse(Emitted.elaborate(file, name))
      elaborated.getOrElseUpdate(core, found)
      found
    }
    val manifest = Emitted.json(folder.resolve("manifest.json"))
    val board = Emitted.json(folder.getParent.resolve("board.json"))

    /** Names of the hardware's AXI4 masters. */
    lazy val masters: Set[String] = emitted.ports.keySet.collect { case s"m_axi_${name}_AWADDR" => s"m_axi_$name" }

    /** Values that v++'s configuration gives, by key. */
    lazy val connectivity: Map[String, Seq[String]] =
      Files.readAllLines(folder.resolve("connectivity.cfg")).asScala.toSeq.collect { case s"$key=$value" => key -> value }.groupMap(_._1)(_._2)

    private val facts = Files.readString(folder.resolve("kernel.tcl"))

    /** A fact of kernel.tcl. */
    def fact(name: String): String = s"(?m)^set $name \\{?([^{}]*?)\\}?$$".r.findFirstMatchIn(facts).get.group(1)

    /** Name, offset, bits and port of each register of kernel.tcl. */
    lazy val registers: Seq[(String, Int, Int, String)] =
      """(?m)^  \{(\w+) 0x(\p{XDigit}+) (\d+) \{(\w*)\}\}$""".r
        .findAllMatchIn(facts)
        .map(m => (m.group(1), Integer.parseInt(m.group(2), 16), m.group(3).toInt, m.group(4)))
        .toSeq
  }

  private val committed: Seq[Committed] =
    Using.resource(Files.walk(Emitted.bitstreams, 3))(
      _.iterator.asScala
        .filter(f => f.endsWith("configuration.json") && f.getParent.getParent.getFileName.toString.startsWith("alveo-"))
        .map(f => Committed(f.getParent))
        .toSeq
        .sortBy(_.name)
    )

  "the manifests of Alveo cards" should "name the hardware that their configurations elaborate to" in {
    assert(committed.map(_.name) == Seq("alveo-u250-p16", "alveo-u280-p16", "alveo-u55c-p16"))
    for (c <- committed) {
      val described = c.emitted.description
      for (member <- Seq("name", "board", "kernel", "parameters", "cluster", "montgomeryBits", "instructionSetVersion", "clockMHz", "rtlDigest", "tools"))
        assert(c.manifest.get(member) == described.get(member), s"${c.name}: $member; see bitstreams/README.md, Alveo")
      assert(c.fact("rtl_digest") == described.get("rtlDigest").asText)
      assert(!c.manifest.has("image"))
      assert(c.manifest.get("notVerified").get(0).asText.startsWith("Vivado and v++ were never run"))
    }
  }

  "kernel.xml of Alveo cards" should "be what elaboration writes" in {
    for (c <- committed) assert(Files.readString(c.folder.resolve("kernel.xml")) == c.emitted.text("kernel.xml"), c.name)
  }

  "the packaging" should "name the ports and registers that the SystemVerilog has" in {
    for (c <- committed) {
      assert(c.masters.size == 3)
      assert(c.fact("masters").split(" ").toSeq.sorted == c.masters.toSeq.sorted, c.name)
      val (direction, addressBits) = c.emitted.ports(c.fact("slave") + "_AWADDR")
      assert(direction == "input" && c.fact("slave_bytes").toInt == 1 << addressBits)
      assert(c.emitted.text(c.fact("kernel") + ".sv").contains(s"module ${c.fact("kernel")}("))
      assert(c.fact("part") == c.board.get("part").asText)
      val words = c.registers.flatMap { case (_, offset, bits, _) => (0 until bits / 8 by 4).map(offset + _) }
      assert(words.distinct == words)
      assert(words.toSet == c.emitted.writtenWords, c.name)
      val arguments = c.emitted.elements("arg").map { a =>
        val port = if (a("addressQualifier") == "1") a("port") else ""
        (a("name"), Integer.decode(a("offset")).toInt, 8 * Integer.decode(a("size")), port)
      }
      assert(c.registers.drop(4) == arguments, c.name)
      assert(c.fact("protocol") == c.emitted.elements("kernel").head("hwControlProtocol"))
    }
  }

  "connectivity.cfg" should "connect every memory port that the SystemVerilog has, and no other, to the board's memory" in {
    for (c <- committed) {
      val kernel = c.fact("kernel")
      assert(c.connectivity.keySet == Set("platform", "kernel_frequency", "nk", "slr", "sp"))
      assert(c.connectivity("nk") == Seq(s"$kernel:1:${kernel}_1"))
      assert(c.connectivity("slr") == Seq(s"${kernel}_1:${c.board.get("slr").asText}"))
      assert(c.connectivity("sp").sorted == c.masters.toSeq.sorted.map(m => s"${kernel}_1.$m:${c.board.get("memory").asText}"))
      assert(c.connectivity("platform") == Seq(c.manifest.get("platform").asText) && c.connectivity("platform") == Seq(c.board.get("platform").asText))
      assert(c.connectivity("kernel_frequency").map(_.toDouble) == Seq(c.manifest.get("clockMHz").asDouble))
    }
  }

  "the memory of a configuration" should "be as fast as the channels that its connectivity gives to a pool" in {
    for (c <- committed) {
      val channels = c.connectivity("sp").map(_.split(':').drop(1).mkString(":")).map {
        case s"$_[$first:$last]" => last.toInt - first.toInt + 1
        case _                   => 1
      }
      assert(channels.distinct.size == 1, "every port reaches the same channels")
      def fact(name: String): Long = c.board.get(name).asLong
      // A pool is contiguous: it lies in so many channels at least, and in no more if it begins at a channel.
      val spanned = (fact("poolBytes") + fact("channelBytes") - 1) / fact("channelBytes")
      val rate = math.min(channels.head.toLong, spanned) * fact("channelBytesPerSecond")
      val stated = Emitted.json(c.folder.resolve("configuration.json")).get("memory").get("bytesPerSecond").asLong
      assert(stated == rate, s"${c.name}: bytes a second of the pool's channels")
    }
  }

  "package_kernel.tcl" should "give Vivado every file, interface and register of the kernel" in {
    assume(Emitted.run(Seq("sh", "-c", "command -v tclsh"), Paths.get("."))._1 == 0, "tclsh is not installed")
    for (c <- committed) {
      val calls = recorded(c)
      def said(pattern: String): Seq[String] = calls.filter(_.matches(pattern))
      val rtl = c.emitted.text("files.f").linesIterator.toSeq
      assert(said("add_files .*").flatMap(_.split("[ {}]+")).filter(_.endsWith(".sv")).map(f => Paths.get(f).getFileName.toString) == rtl)
      for (bus <- c.masters + c.fact("slave")) assert(said(s"ipx::associate_bus_interfaces -busif $bus -clock ap_clk CORE").size == 1)
      assert(said("ipx::associate_bus_interfaces -clock ap_clk -reset ap_rst_n CORE").size == 1)
      for (master <- c.masters) assert(said(s"set_property master_address_space_ref $master BUS:$master").size == 1)
      assert(Seq("ap_clk", "ap_rst_n", "interrupt").forall(c.emitted.ports.contains))
      for ((name, offset, bits, port) <- c.registers) {
        assert(said(s"ipx::add_register -quiet $name BLOCK").size == 1)
        assert(said(f"set_property address_offset 0x$offset%03X REGISTER:$name").size == 1)
        assert(said(s"set_property size $bits REGISTER:$name").size == 1)
        assert(said(s"set_property value .* BUSIF:$name") == (if (port.isEmpty) Seq() else Seq(s"set_property value $port BUSIF:$name")))
      }
      // What IP_Flow 19-5629 and 19-5630 and the kernel's checks of Vitis ask for, before the core is checked.
      val checked = calls.indexOf("ipx::check_integrity -kernel CORE")
      for (property <- Seq("ipi_drc {ignore_freq_hz true}", "xpm_libraries {XPM_CDC XPM_FIFO XPM_MEMORY}", "vitis_drc {ctrl_protocol ap_ctrl_chain}"))
        assert((0 until checked).contains(calls.indexOf(s"set_property $property CORE")), property)
      assert(calls.last.matches("package_xo -force -xo_path .*/core_program.xo -kernel_name core_program -ctrl_protocol ap_ctrl_chain .* -kernel_xml .*/kernel.xml"))
    }
  }

  "make ooc" should "have Vivado place each block of depth.json by itself, and write down what it found" in {
    assume(Emitted.run(Seq("sh", "-c", "command -v tclsh && command -v make"), Paths.get("."))._1 == 0, "tclsh or make is not installed")
    val c = committed.head
    val folder = packaged(c, "ooc.tcl")
    val blocks = Emitted.json(Emitted.bitstreams.resolve("depth.json")).get("blocks").fieldNames.asScala.toSeq
    for (block <- blocks) assert(Files.exists(c.emitted.folder.resolve(s"$block.sv")), block)
    Files.writeString(folder.resolve("Makefile"), Files.readString(Emitted.bitstreams.resolve("alveo/Makefile")))
    Files.writeString(folder.resolve("blocks.txt"), blocks.mkString("", "\n", "\n"))
    val vivado = folder.resolve("vivado")
    Files.writeString(vivado, s"#!/bin/sh\nshift 8\nexec tclsh $folder/record.tcl \"$$@\"\n")
    vivado.toFile.setExecutable(true)
    Files.writeString(
      folder.resolve("record.tcl"),
      """foreach command {read_verilog synth_design create_clock opt_design place_design phys_opt_design route_design
        |    report_timing_summary report_utilization} {
        |  proc $command args "puts \[list $command {*}\$args\]"
        |}
        |proc get_ports name { return PORT:$name }
        |proc get_timing_paths args { return PATH }
        |proc get_property {property of} { return 0.333 }
        |proc version args { return 0.0 }
        |source ooc.tcl
        |""".stripMargin
    )
    val (status, output) = Emitted.run(Seq("make", "-B", "ooc", s"VIVADO=$vivado"), folder)
    assert(status == 0, output)
    for (block <- blocks) {
      assert(output.contains(s"synth_design -mode out_of_context -top $block -part xcku5p-ffvb676-2-e"), output)
      val found = Emitted.json(folder.resolve(s"ooc/$block.json"))
      assert(found.get("rtlDigest").asText == c.fact("rtl_digest") && found.get("megahertz").asDouble == 333.3)
    }
    assert(output.linesIterator.count(_ == "create_clock -name clock -period 3.333 PORT:clock") == blocks.size)
    assert(c.emitted.text(s"${blocks.head}.sv").contains("clock"))
  }

  /** A package folder of its own with a script of bitstreams/alveo, without the hardware. */
  private def packaged(c: Committed, script: String): Path = {
    val folder = Paths.get("target", "alveo", s"${c.name}-${script.takeWhile(_ != '.')}").toAbsolutePath
    Files.createDirectories(folder.resolve("rtl"))
    def copy(from: Path, to: String): Unit = Files.writeString(folder.resolve(to), Files.readString(from))
    copy(Emitted.bitstreams.resolve(s"alveo/$script"), script)
    copy(c.folder.resolve("kernel.tcl"), "kernel.tcl")
    copy(c.emitted.folder.resolve("files.f"), "rtl/files.f")
    folder
  }

  /** What the packaging script asks of Vivado, whose commands here only write down what they are given. */
  private def recorded(c: Committed): Seq[String] = {
    val folder = packaged(c, "package_kernel.tcl")
    Files.writeString(
      folder.resolve("record.tcl"),
      """foreach command {create_project add_files update_compile_order set_property close_project package_xo
        |    ipx::package_project ipx::remove_user_parameter ipx::infer_bus_interface ipx::associate_bus_interfaces
        |    ipx::remove_bus_parameter ipx::add_address_space ipx::add_memory_map ipx::add_address_block ipx::add_register
        |    ipx::add_register_parameter ipx::create_xgui_files ipx::update_checksums ipx::check_integrity ipx::save_core} {
        |  namespace eval ipx {}
        |  proc $command args "puts \[list $command {*}\$args\]; return \[answer $command \$args\]"
        |}
        |proc answer {command arguments} {
        |  switch $command {
        |    ipx::add_address_block { return BLOCK }
        |    ipx::add_register { return REGISTER:[lindex $arguments 1] }
        |    ipx::add_register_parameter { return [string map {REGISTER BUSIF} [lindex $arguments end]] }
        |    default { return "" }
        |  }
        |}
        |proc ipx::current_core {} { return CORE }
        |proc ipx::get_bus_interfaces {quiet name of core} { return BUS:$name }
        |proc ipx::get_user_parameters args { return "" }
        |proc current_fileset {} { return sources_1 }
        |source package_kernel.tcl
        |""".stripMargin
    )
    val (status, output) = Emitted.run(Seq("tclsh", "record.tcl"), folder)
    assert(status == 0, output)
    output.linesIterator.toSeq
  }

  "every memory port of Alveo cards" should "have an argument by which Vitis connects it" in {
    for (c <- committed) assert(c.registers.map(_._4).filter(_.nonEmpty).toSet == c.masters, c.name)
  }

  "the hardware of the Alveo cards" should "pass verilator --lint-only -Wall" in assert(committed.head.emitted.lint() == "")

  /** What yosys says of the cards' hardware. */
  private def checks(task: String, report: String): Unit = {
    val rtl = committed.head.emitted.folder.toAbsolutePath.toString
    val script = Emitted.bitstreams.resolve("checks.sh").toAbsolutePath.normalize.toString
    val kept = Emitted.bitstreams.resolve(report).toAbsolutePath.normalize.toString
    val (status, said) = Emitted.run(Seq(script, task, rtl, kept, "--check"), Paths.get("."))
    assert(status == 0, said)
  }

  "the proofs of fpga/formal" should "hold for the elaborated modules and find planted faults" in {
    checks("prove", "../fpga/formal/report.json")
    val report = Emitted.json(Emitted.bitstreams.resolve("../fpga/formal/report.json"))
    assert(report.fieldNames.asScala.toSet == Set("control", "bursts", "join", "scoreboard"))
    for (proof <- report.elements.asScala) assert(proof.get("faultsFound").asInt > 0, report)
    for (name <- Seq("control", "bursts", "join")) assert(report.get(name).get("holds").asText == "for all times")
  }

  "the blocks of depth.json" should "have no more logic levels than their ceilings, and the levels that are committed" in {
    checks("depth", "depth-report.json")
  }
}
