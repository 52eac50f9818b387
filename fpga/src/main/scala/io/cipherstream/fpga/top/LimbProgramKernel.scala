package io.cipherstream.fpga.top

import chisel3._
import io.cipherstream.fpga.CoreParameters
import io.cipherstream.fpga.shell.{Axi4, AxiChecker, Vitis}

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
  private val masters = Seq(m_axi_program, m_axi_ntt, m_axi_a, m_axi_b, m_axi_d)
  AxiChecker.watch(ap_clk, reset, s_axi_control, masters.zip(LimbProgramKernel.ports.map(_.name)), 2 * p.aheadBeats)
}

object LimbProgramKernel {

  /** Name of the module and of the OpenCL kernel. */
  val name: String = "limb_program"

  /** Every port reaches the memory of every buffer: tables and the pool are read through several. */
  val ports: Seq[Vitis.Port] = Seq(
    Vitis.Port("m_axi_program", reads = true, writes = true, Seq("descriptors", "segments", "result")),
    Vitis.Port("m_axi_ntt", reads = true, writes = true, Seq("tables", "pool")),
    Vitis.Port("m_axi_a", reads = true, writes = false, Seq()),
    Vitis.Port("m_axi_b", reads = true, writes = false, Seq()),
    Vitis.Port("m_axi_d", reads = true, writes = true, Seq())
  )
}
