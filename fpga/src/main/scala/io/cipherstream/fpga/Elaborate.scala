package io.cipherstream.fpga

import io.cipherstream.fpga.elaborate._
import java.nio.file.{Files, Path}
import java.util.Comparator
import scala.util.Using

/** Writes a configuration's hardware and what describes it into a folder: SystemVerilog with the list
  * `files.f`, its assertions with the list `assertions.f`, `kernel.xml` for Vitis, `elaboration.json` for the host, `core_kernel.h` for C and C++.
  *
  * Usage: `Elaborate --configuration <file> --out <folder>`. Equal parameters give equal files.
  */
object Elaborate {

  def main(args: Array[String]): Unit = args match {
    case Array("--configuration", file, "--out", out) =>
      try {
        val digest = run(Path.of(file), Path.of(out))
        println(s"elaborated $file into $out, RTL digest $digest")
      } catch {
        case e: Configuration.ConfigurationException =>
          System.err.println(e.getMessage)
          sys.exit(1)
      }
    case _ =>
      System.err.println("usage: Elaborate --configuration <file> --out <folder>")
      sys.exit(2)
  }

  /** Elaborates, returns the digest of the RTL. Files of an earlier run in that folder go. */
  def run(file: Path, out: Path): String = {
    val configuration = Configuration.read(file)
    Files.createDirectories(out)
    clear(out)
    Rtl.write(configuration.kernel.top(), out)
    describe(configuration, out)
  }

  /** Writes what describes the RTL that is in that folder, returns its digest. */
  def describe(configuration: Configuration, out: Path): String = {
    val files = Rtl.files(out)
    val digest = Rtl.digest(files)
    Files.writeString(out.resolve("files.f"), files.map(f => s"${f.getFileName}\n").mkString)
    Files.writeString(out.resolve("assertions.f"), Rtl.assertions(out, configuration.kernel.name).mkString("", "\n", "\n"))
    Files.writeString(out.resolve("kernel.xml"), KernelXml.text(configuration.kernel))
    Files.writeString(out.resolve("core_kernel.h"), CoreHeader.text(configuration))
    Files.writeString(out.resolve("elaboration.json"), Description.text(configuration, digest))
    digest
  }

  /** Only what an elaboration writes: the folder may hold more. */
  private[fpga] def clear(out: Path): Unit = {
    for (file <- Rtl.files(out)) Files.delete(file)
    val assertions = out.resolve("verification")
    if (Files.exists(assertions))
      Using.resource(Files.walk(assertions))(_.sorted(Comparator.reverseOrder[Path]).forEach(Files.delete(_)))
  }
}
