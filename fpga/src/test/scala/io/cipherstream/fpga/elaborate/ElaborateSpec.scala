package io.cipherstream.fpga.elaborate

import java.nio.file.{Files, Path, Paths}
import org.scalatest.flatspec.AnyFlatSpec
import scala.jdk.CollectionConverters._
import scala.sys.process._

/** What is written for a configuration, looked at as those who use it see it: text of the files. */
class ElaborateSpec extends AnyFlatSpec {

  private def file(name: String): Path = Emitted.bitstreams.resolve(s"sim/$name/configuration.json")

  private lazy val small = Emitted.elaborate(file("sim-small"), "sim-small")
  private lazy val again = Emitted.elaborate(file("sim-small"), "again")

  "the hardware of sim-small" should "pass verilator --lint-only -Wall" in assert(small.lint() == "")

  it should "be described as the kernel core_program with the shape of its configuration" in {
    val configuration = Emitted.json(file("sim-small"))
    assert(small.kernel == "core_program")
    assert(small.description.get("cluster") == configuration.get("cluster"))
    assert(small.description.get("parameters") == configuration.get("core"))
  }

  "the assertions" should "bind to the hardware" in {
    assert(small.lint("--assert", "-f", "assertions.f", "-Wno-lint", "-Wno-style") == "")
    assert(small.text("assertions.f").contains("verification/assert/AxiLiteChecker.sv"))
  }

  "two elaborations" should "give the same files" in {
    val names = Seq(small, again).map(_.folder.toFile.list.toSeq.sorted)
    assert(names.head == names.last)
    for (name <- names.head if !Files.isDirectory(small.folder.resolve(name)))
      assert(small.text(name) == again.text(name), name)
    assert(small.description.get("rtlDigest").asText.matches("[0-9a-f]{64}"))
  }

  "a changed file" should "show in the lint and in the digest" in {
    val top = again.folder.resolve("core_program.sv")
    Files.writeString(top, again.text("core_program.sv").replace("endmodule", "wire [3:0] fault = 5'h1f;\nendmodule"))
    assert(again.lint().contains("%Warning-WIDTH"))
    assert(Rtl.digest(Rtl.files(again.folder)) != small.description.get("rtlDigest").asText)
  }

  "kernel.xml" should "name the ports that the SystemVerilog has, whole AXI4 masters and an AXI4-Lite slave" in {
    assert(DescribedPorts.of(small) == small.ports)
    val described = small.elements("port")
    assert(described.map(_("name")).sorted == Seq("m_axi_limbs0", "m_axi_program0", "m_axi_streams0", "s_axi_control"))
    for (p <- described) assert(p("dataWidth") == (if (p("mode") == "master") "512" else "32"))
  }

  it should "give every argument the registers that the hardware writes" in {
    DescribedPorts.checkArguments(small)
  }

  it should "say the same as elaboration.json and the C header" in {
    val registers = small.description.get("registers").elements.asScala.filter(_.get("kind").asText == "argument").toSeq
    val arguments = small.elements("arg")
    assert(registers.map(_.get("name").asText) == arguments.map(_("name")))
    assert(registers.map(_.get("offset").asInt) == arguments.map(a => Integer.decode(a("offset")).toInt))
    assert(registers.map(_.get("bits").asInt / 8) == arguments.map(a => Integer.decode(a("size")).toInt))
    val program = small.folder.resolve("check.c")
    Files.writeString(
      program,
      "#include <stdio.h>\n#include \"core_kernel.h\"\nint main(void) { printf(\"" + "%u " * 5 + "\", " +
        "KERNEL_ARGUMENT_DESCRIPTORS, KERNEL_ARGUMENT_POOL_LINES, KERNEL_STATUS_MEMORY_TIMEOUT, " +
        "KERNEL_RESULT_ROWS, KERNEL_MULTIPLIER_TILE_A); return 0; }\n"
    )
    val binary = small.folder.resolve("check").toAbsolutePath.toString
    assert(Seq("g++", "-x", "c", "-std=c11", "-Wall", "-Werror", "-o", binary, program.toString).! == 0)
    assert(Seq(binary).!!.trim.split(" ").map(_.toInt).toSeq == Seq(0x10, registers.last.get("offset").asInt, 10, 6, 32))
    Files.delete(program)
    Files.delete(Paths.get(binary))
  }

  "a configuration" should "be refused with the reason when something in it is wrong" in {
    val good = Files.readString(file("sim-small"))
    val cases = Seq[(String => String, String)](
      (_.replace("\"lanes\": 2", "\"lanes\": 3"), "3 lanes"),
      (_.replace("\"lanes\": 2", "\"lanes\": \"2\""), "lanes: expected an integer, got \"2\""),
      (_.replace("\"lanes\": 2", "\"lanes\": 2, \"lanes\": 4"), "Duplicate field 'lanes'"),
      (_.replace("\"lanes\"", "\"lains\""), "core lacks lanes"),
      (_.replace("\"core\"", "\"extra\": 1, \"core\""), "has extra"),
      (_.replace("\"cluster\"", "\"clutter\""), "the file lacks cluster"),
      (_.replace("\"products\"", "\"product\""), "cluster lacks products"),
      (_.replace("\"streamWords\": 2", "\"streamWords\": 4"), "streams of 4 words"),
      (_.replace("\"sim-small\"", "\"Sim Small\""), "name: expected small letters"),
      (_.replace("\"clockMHz\": 300", "\"clockMHz\": 0"), "clockMHz: expected a positive number"),
      (_.dropRight(4), "end-of-input")
    )
    val changed = Paths.get("target", "elaborate", "configuration.json")
    for ((change, reason) <- cases) {
      Files.createDirectories(changed.getParent)
      assert(change(good) != good, reason)
      Files.writeString(changed, change(good))
      val e = intercept[Configuration.ConfigurationException](Configuration.read(changed))
      assert(e.getMessage.startsWith(changed.toString) && e.getMessage.contains(reason))
    }
  }
}
