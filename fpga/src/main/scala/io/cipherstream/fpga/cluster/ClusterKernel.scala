package io.cipherstream.fpga.cluster

import chisel3._
import io.cipherstream.fpga.shell.{AxiChecker, Vitis}

/** The kernel `core_program`: [[ClusterCore]] with the port names of a Vitis RTL kernel, for each cluster c `m_axi_program<c>`,
  * `m_axi_limbs<c>` and `m_axi_streams<c>`. The reset is active low and synchronous; it passes through two registers, so it has
  * to last at least three cycles.
  */
class ClusterKernel(p: ClusterParameters, clusters: Int) extends RawModule {
  override def desiredName: String = ClusterKernel.name

  val ap_clk = IO(Input(Clock()))
  val ap_rst_n = IO(Input(Bool()))
  val interrupt = IO(Output(Bool()))
  val s_axi_control = IO(new Vitis.Control)

  /** In the order of `ClusterKernel.ports`. */
  val masters: Seq[Vitis.Master] = ClusterKernel.ports(clusters).map(port => IO(new Vitis.Master).suggestName(port.name))

  private val reset = withClockAndReset(ap_clk, false.B) { RegNext(RegNext(!ap_rst_n)) }
  private val core = withClockAndReset(ap_clk, reset) { Module(new ClusterCore(p, clusters)) }
  interrupt := core.io.interrupt
  Vitis.connect(core.io.control, s_axi_control)
  for ((ports, c) <- core.io.memory.zipWithIndex) {
    val Seq(program, limbs, streams) = masters.slice(3 * c, 3 * c + 3)
    Vitis.connect(program, Some(ports.program), Option.when(c == 0)(core.io.outcome))
    Vitis.connect(limbs, Some(ports.limbs), Some(ports.results))
    Vitis.connect(streams, Some(ports.streams), None)
  }

  AxiChecker.watch(ap_clk, reset, s_axi_control, masters.zip(ClusterKernel.ports(clusters).map(_.name)), 2 * p.core.aheadBeats)
}

object ClusterKernel {

  /** Name of the module and of the OpenCL kernel. */
  val name: String = "core_program"

  /** Memory ports, cluster by cluster. The arguments that are not used have a port as those that are, so that each port of
    * cluster 0 has one: Vitis connects ports by their arguments.
    */
  def ports(clusters: Int): Seq[Vitis.Port] = (0 until clusters).flatMap { c =>
    def bound(arguments: String*) = if (c == 0) arguments else Seq()
    Seq(
      Vitis.Port(s"m_axi_program$c", reads = true, writes = c == 0, bound("descriptors", "result")),
      Vitis.Port(s"m_axi_limbs$c", reads = true, writes = true, bound("tables", "pool")),
      Vitis.Port(s"m_axi_streams$c", reads = true, writes = false, bound("segments"))
    )
  }
}
