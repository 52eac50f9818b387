package io.cipherstream.fpga.board

import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}
import io.cipherstream.fpga.elaborate.{Configuration, Rtl}
import io.cipherstream.fpga.elaborate.Configuration.ConfigurationException
import java.nio.file.{Files, Path}

/** Writes a board's whole design, the kernel included, for synthesis: SystemVerilog with the list `files.f`, and
  * `board.json` with its digest, which is made as the kernel's.
  *
  * Usage: `ElaborateBoard --configuration <file> --out <folder>`; the board is the configuration's.
  */
object ElaborateBoard {

  /** The board that there is a design for. */
  val board = "ecp5-85f"

  def main(args: Array[String]): Unit = args match {
    case Array("--configuration", file, "--out", out) =>
      try {
        val digest = run(Path.of(file), Path.of(out))
        println(s"elaborated $file with its board into $out, digest $digest")
      } catch {
        case e: ConfigurationException =>
          System.err.println(e.getMessage)
          sys.exit(1)
      }
    case _ =>
      System.err.println("usage: ElaborateBoard --configuration <file> --out <folder>")
      sys.exit(2)
  }

  /** Elaborates, returns the digest. Files of an earlier run in that folder go.
    *
    * @throws ConfigurationException if the board is another, or cannot have such a clock or memory
    */
  def run(file: Path, out: Path): String = {
    val configuration = Configuration.read(file)
    if (configuration.board != board)
      throw new ConfigurationException(s"$file: board ${configuration.board}: expected $board")
    val clock = configuration.clockMHz.toInt
    if (clock != configuration.clockMHz || !Ecp5Top.reaches(clock))
      throw new ConfigurationException(
        s"$file: clock of ${configuration.clockMHz} MHz: expected a multiple of ${Ecp5Top.stepMHz} from 10 to 200"
      )
    val lines = memoryLines(file)
    Files.createDirectories(out)
    for (old <- Rtl.files(out)) Files.delete(old)
    val files = Rtl.write(new Ecp5Top(configuration.parameters, clock, lines), out)
    val digest = Rtl.digest(files)
    Files.writeString(out.resolve("files.f"), files.map(f => s"${f.getFileName}\n").mkString)
    val description = mapper.createObjectNode().put("top", "ecp5_top").put("memoryLines", lines).put("boardDigest", digest)
    Files.writeString(out.resolve("board.json"), mapper.writerWithDefaultPrettyPrinter.writeValueAsString(description) + "\n")
    digest
  }

  private val mapper = new ObjectMapper()

  private def memoryLines(file: Path): Int = {
    val lines: JsonNode = mapper.readTree(Files.readString(file)).path("memory").path("lines")
    if (!lines.isInt || lines.asInt < 64 || lines.asInt > 4096)
      throw new ConfigurationException(s"$file: memory.lines: expected 64 to 4096 lines of 64 bytes, got $lines")
    lines.asInt
  }
}
