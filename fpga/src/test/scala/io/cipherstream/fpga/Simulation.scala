package io.cipherstream.fpga

import chisel3.simulator.scalatest.ChiselSim
import java.nio.file.{Path, Paths}
import svsim.CommonCompilationSettings.OptimizationStyle
import svsim.PlusArg

/** ChiselSim with Verilator, everything it writes under target. What is not reset begins as rubbish, by Verilator's own means:
  * firtool's initial blocks are up to half of a model, and compiling it is what takes time.
  */
trait Simulation extends ChiselSim { self: org.scalatest.TestSuite =>
  override def buildDir: Path = Paths.get("target", "chiselsim")

  /** Whether the compiler optimises the model (-O1): worth it where simulating takes longer than compiling. */
  protected def optimised: Boolean = false

  implicit def modelOptions: svsim.CommonSettingsModifications = (settings: svsim.CommonCompilationSettings) => {
    val simulation = settings.simulationSettings
    settings.copy(
      verilogPreprocessorDefines = settings.verilogPreprocessorDefines.filterNot(_.name.startsWith("RANDOM")),
      simulationSettings = simulation.copy(plusArgs = simulation.plusArgs ++ Simulation.rubbish),
      // svsim's name for -O1. Its -O3 lets everything begin as zeros.
      optimizationStyle = if (optimised) OptimizationStyle.OptimizeForCompilationSpeed else settings.optimizationStyle
    )
  }

  /** No file is split: with the launcher's VM_PARALLEL_BUILDS=0 the compiler reads a model's declarations once. */
  implicit def verilatorOptions: svsim.BackendSettingsModifications = (settings: svsim.Backend.Settings) =>
    settings match {
      case verilator: svsim.verilator.Backend.CompilationSettings => verilator.withOutputSplit(Some(0))
      case other                                                  => other
    }
}

object Simulation {

  /** Verilator's arguments: registers and memories begin at random, by the tests' seed (Verilator's is 31 bits wide and not 0). */
  private def rubbish: Seq[PlusArg] = {
    val seed = sys.env.get("CIPHERSTREAM_SEED").map(_.toLong).getOrElse(System.nanoTime())
    Seq("verilator+rand+reset+2", s"verilator+seed+${1 + Math.floorMod(seed, 0x7ffffffeL)}").map(new PlusArg(_, None))
  }
}
