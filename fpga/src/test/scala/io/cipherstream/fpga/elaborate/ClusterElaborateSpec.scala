package io.cipherstream.fpga.elaborate

import org.scalatest.flatspec.AnyFlatSpec

/** What is written for a configuration of the fused clusters. */
class ClusterElaborateSpec extends AnyFlatSpec {

  private lazy val clusters = Emitted.elaborate(Emitted.bitstreams.resolve("sim/sim-cluster/configuration.json"), "sim-cluster")

  "the clusters" should "pass verilator --lint-only -Wall" in assert(clusters.lint() == "")

  they should "be described as the kernel core_program with the shape of their configuration" in {
    val configuration = Emitted.json(Emitted.bitstreams.resolve("sim/sim-cluster/configuration.json"))
    assert(clusters.kernel == "core_program")
    assert(clusters.description.get("cluster") == configuration.get("cluster"))
    assert(clusters.description.get("parameters").get("segments") == configuration.get("core").get("segments"))
  }

  "kernel.xml of core_program" should "name the ports that the SystemVerilog has" in {
    assert(clusters.elements("kernel").map(_("name")) == Seq("core_program"))
    assert(DescribedPorts.of(clusters) == clusters.ports)
    assert(
      clusters.elements("port").map(_("name")).sorted == Seq("m_axi_limbs0", "m_axi_program0", "m_axi_streams0", "s_axi_control")
    )
  }

  it should "give every argument the registers that the hardware writes" in DescribedPorts.checkArguments(clusters)
}
