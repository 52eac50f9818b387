package io.cipherstream.fpga.elaborate

import chisel3.RawModule
import io.cipherstream.fpga.CoreSet
import io.cipherstream.fpga.cluster.{ClusterCore, ClusterKernel, ClusterParameters}
import io.cipherstream.fpga.shell.{Registers, Vitis}

/** A kernel that is elaborated, and what the files beside its SystemVerilog say of it.
  *
  * @param instructionSetVersion of the data file that its programs follow
  * @param resultWords 64-bit words of a result's first line
  * @param abilities 32-bit values of its second line
  */
case class Kernel(
    name: String,
    top: () => RawModule,
    ports: Seq[Vitis.Port],
    instructionSetVersion: Int,
    resultWords: Seq[Registers.ResultWord],
    abilities: Seq[(String, Long)]
)

object Kernel {

  /** Clusters that run core programs. */
  def of(p: ClusterParameters, clusters: Int): Kernel = Kernel(
    ClusterKernel.name,
    () => new ClusterKernel(p, clusters),
    ClusterKernel.ports(clusters),
    CoreSet.version,
    ClusterCore.resultWords,
    ClusterCore.capabilityLine(p, clusters).filter(_._1.nonEmpty)
  )
}
