package io.cipherstream.fpga.top

import chisel3._
import io.cipherstream.fpga.CoreParameters
import io.cipherstream.fpga.shell.{Axi4, AxiChecker, AxiLiteChecker, Vitis}

/** The kernel `limb_program`: [[Core]] with the port names of a Vitis RTL kernel. The reset is active low and
  * synchronous; it passes through two registers, so it has to last at least three cycles.
  */
class LimbProgramKernel(p: CoreParameters) extends RawModule {
  override def desiredName: String = LimbProgramKernel.name

  val ap_clk = IO(Input(Clock()))
  val ap_rst_n = IO(Input(Bool()))
  val interrupt = IO(Output(Bool()))
  val s_axi_control = IO(new Vitis.Control)
  val m_axi_program = IO(new Vitis.Master)
  val m_axi_ntt = IO(new Vitis.Master)
  val m_axi_a = IO(new Vitis.Master)
  val m_axi_b = IO(new Vitis.Master)
  val m_axi_d = IO(new Vitis.Master)

  private val reset = withClockAndReset(ap_clk, false.B) { RegNext(RegNext(!ap_rst_n)) }
  private val core = withClockAndReset(ap_clk, reset) { Module(new Core(p)) }
  interrupt := core.io.interrupt
  Vitis.connect(core.io.control, s_axi_control)
  private val memory = core.io.memory
  private def port(master: Vitis.Master, read: Axi4.Read, write: Option[Axi4.Write]): Unit =
    Vitis.connect(master, Some(read), write)
  port(m_axi_program, memory.programRead, Some(memory.programWrite))
  port(m_axi_ntt, memory.nttRead, Some(memory.nttWrite))
  port(m_axi_a, memory.aRead, None)
  port(m_axi_b, memory.bRead, None)
  port(m_axi_d, memory.dRead, Some(memory.dWrite))

  // Simulations that bind the assertions watch every port. A reader asks for so many beats ahead at most, and a
  // port has at most two readers.
  private val openBursts = 2 * p.aheadBeats
  private val masters = Seq(m_axi_program, m_axi_ntt, m_axi_a, m_axi_b, m_axi_d)
  layer.block(layers.Verification.Assert) {
    withClockAndReset(ap_clk, reset) {
      for ((port, name) <- masters.zip(LimbProgramKernel.ports.map(_.name))) {
        val checker = Module(new AxiChecker(name, openBursts))
        checker.port := port
      }
      val checker = Module(new AxiLiteChecker("s_axi_control"))
      checker.port := s_axi_control
    }
  }
}

object LimbProgramKernel {

  /** Name of the module and of the OpenCL kernel. */
  val name: String = "limb_program"

  /** A memory port, and the arguments that a host binds to the memory behind it first. */
  case class Port(name: String, reads: Boolean, writes: Boolean, arguments: Seq[String])

  /** Every port reaches the memory of every buffer: tables and the pool are read through several. */
  val ports: Seq[Port] = Seq(
    Port("m_axi_program", reads = true, writes = true, Seq("descriptors", "segments", "result")),
    Port("m_axi_ntt", reads = true, writes = true, Seq("tables", "pool")),
    Port("m_axi_a", reads = true, writes = false, Seq()),
    Port("m_axi_b", reads = true, writes = false, Seq()),
    Port("m_axi_d", reads = true, writes = true, Seq())
  )
}
