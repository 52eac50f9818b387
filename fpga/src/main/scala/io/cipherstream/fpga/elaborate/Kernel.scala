package io.cipherstream.fpga.elaborate

import chisel3.RawModule
import io.cipherstream.fpga.{CoreParameters, InstructionSet}
import io.cipherstream.fpga.cluster.{ClusterCore, ClusterKernel, ClusterParameters, CoreSet}
import io.cipherstream.fpga.shell.{Registers, Vitis}
import io.cipherstream.fpga.top.LimbProgramKernel

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

  /** The core that runs limb programs. */
  def of(p: CoreParameters): Kernel = Kernel(
    LimbProgramKernel.name,
    () => new LimbProgramKernel(p),
    LimbProgramKernel.ports,
    InstructionSet.version,
    Registers.resultWords,
    Registers.capabilityLine(p)
  )

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
