package io.cipherstream.fpga

import chisel3.simulator.scalatest.ChiselSim
import java.nio.file.{Path, Paths}
import svsim.CommonCompilationSettings.OptimizationStyle

/** ChiselSim with Verilator, everything it writes under target. */
trait Simulation extends ChiselSim { self: org.scalatest.TestSuite =>
  override def buildDir: Path = Paths.get("target", "chiselsim")

  /** Whether the model is compiled for speed: worth it from some 100 000 cycles on. */
  protected def optimised: Boolean = false

  implicit def modelOptions: svsim.CommonSettingsModifications = (settings: svsim.CommonCompilationSettings) =>
    if (optimised) settings.copy(optimizationStyle = OptimizationStyle.OptimizeForSimulationSpeed) else settings
}
