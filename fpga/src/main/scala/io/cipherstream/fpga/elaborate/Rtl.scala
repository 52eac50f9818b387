package io.cipherstream.fpga.elaborate

import chisel3.RawModule
import circt.stage.ChiselStage
import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Path}
import java.security.MessageDigest
import scala.jdk.CollectionConverters._
import scala.util.Using

/** SystemVerilog of the kernel, a file a module. */
object Rtl {

  /** Plain Verilog that simulators and open synthesis tools take. */
  private val firtoolOptions = Array(
    "-disable-all-randomization",
    "-strip-debug-info",
    "--lowering-options=disallowLocalVariables,disallowPackedArrays,locationInfoStyle=none"
  )

  /** Writes a top module and those below it into a folder that holds no others, returns their files sorted by name. */
  def write(top: => RawModule, folder: Path): Seq[Path] = {
    ChiselStage.emitSystemVerilogFile(
      top,
      Array("--target-dir", folder.toString, "--split-verilog"),
      firtoolOptions
    )
    // firtool's own list; Elaborate writes one of the modules alone.
    Files.delete(folder.resolve("filelist.f"))
    files(folder)
  }

  /** The .sv files of a folder, sorted by name. */
  def files(folder: Path): Seq[Path] =
    Using.resource(Files.list(folder))(_.iterator.asScala.filter(_.toString.endsWith(".sv")).toSeq.sortBy(_.getFileName.toString))

  /** Arguments for a simulator that bind the design's assertions, protocol checkers among them. */
  def assertions(folder: Path, kernel: String): Seq[String] = {
    val inner = "verification/assert"
    val modules = files(folder.resolve(inner)).map(_.getFileName.toString).filterNot(_.startsWith("layers-"))
    val top = s"layers-$kernel-Verification-Assert.sv"
    Seq("+incdir+verification", s"+incdir+$inner") ++ (modules :+ top).map(name => s"$inner/$name")
  }

  /** SHA-256, in hex, over each file sorted by name: its name, NUL, its length in decimal, NUL, its content. */
  def digest(files: Seq[Path]): String = {
    val sha = MessageDigest.getInstance("SHA-256")
    for (file <- files.sortBy(_.getFileName.toString)) {
      val content = Files.readAllBytes(file)
      sha.update(s"${file.getFileName}\u0000${content.length}\u0000".getBytes(UTF_8))
      sha.update(content)
    }
    sha.digest.map(b => f"${b & 0xff}%02x").mkString
  }
}
