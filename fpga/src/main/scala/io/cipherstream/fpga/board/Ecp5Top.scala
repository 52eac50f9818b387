package io.cipherstream.fpga.board

import chisel3._
import io.cipherstream.fpga.cluster.ClusterParameters

/** The ECP5's phase-locked loop: one output, fed back; its frequency is in * feedbackDivider / inputDivider. */
class EHXPLLL(inputDivider: Int, feedbackDivider: Int, outputDivider: Int)
    extends ExtModule(
      Map[String, Param](
        "CLKI_DIV" -> IntParam(inputDivider),
        "CLKFB_DIV" -> IntParam(feedbackDivider),
        "CLKOP_DIV" -> IntParam(outputDivider),
        "CLKOP_CPHASE" -> IntParam(outputDivider / 2 - 1),
        "CLKOP_FPHASE" -> IntParam(0),
        "CLKOP_ENABLE" -> StringParam("ENABLED"),
        "FEEDBK_PATH" -> StringParam("CLKOP"),
        "OUTDIVIDER_MUXA" -> StringParam("DIVA"),
        "STDBY_ENABLE" -> StringParam("DISABLED"),
        "DPHASE_SOURCE" -> StringParam("DISABLED"),
        "PLLRST_ENA" -> StringParam("DISABLED"),
        "INTFB_WAKE" -> StringParam("DISABLED")
      )
    ) {
  val CLKI = IO(Input(Clock()))
  val CLKFB = IO(Input(Clock()))
  val RST, STDBY, PLLWAKESYNC, PHASESEL0, PHASESEL1, PHASEDIR, PHASESTEP, PHASELOADREG, ENCLKOP = IO(Input(Bool()))
  val CLKOP = IO(Output(Clock()))
  val LOCK = IO(Output(Bool()))
}

object Ecp5Top {

  /** The board's oscillator and the step of clocks that the loop makes of it. */
  val inputMHz = 25
  val stepMHz = 5

  /** The loop's own oscillator runs at 400 to 800 MHz. */
  private val oscillatorMHz = 600

  /** Bits a second of the serial line. */
  val baud = 1000000

  private def outputDivider(clockMHz: Int): Int = oscillatorMHz / clockMHz

  /** Whether the loop can make a clock. */
  def reaches(clockMHz: Int): Boolean = clockMHz % stepMHz == 0 && clockMHz >= 10 && clockMHz <= 200 && {
    val own = clockMHz * outputDivider(clockMHz)
    own >= 400 && own <= 800
  }
}

/** [[SerialCard]] on an ULX3S with an LFE5U-85F: the clock made of the 25 MHz oscillator, reset until it is
  * steady, the serial line on the USB bridge's pins, two lamps.
  *
  * @param lines lines of the on-chip memory
  */
class Ecp5Top(p: ClusterParameters, clockMHz: Int, lines: Int) extends RawModule {
  import Ecp5Top._
  require(reaches(clockMHz), s"clock of $clockMHz MHz: expected a multiple of $stepMHz from 10 to 200")
  override def desiredName: String = "ecp5_top"

  val clk_25mhz = IO(Input(Clock()))

  /** The bridge's transmit and receive lines: in and out of this chip. */
  val ftdi_txd = IO(Input(Bool()))
  val ftdi_rxd = IO(Output(Bool()))

  /** Interrupt; a command is being done. */
  val led0 = IO(Output(Bool()))
  val led1 = IO(Output(Bool()))

  /** Low would let the board's other processor take the serial line. */
  val wifi_gpio0 = IO(Output(Bool()))

  private val loop = Module(new EHXPLLL(inputMHz / stepMHz, clockMHz / stepMHz, outputDivider(clockMHz)))
  loop.CLKI := clk_25mhz
  loop.CLKFB := loop.CLKOP
  loop.ENCLKOP := false.B
  loop.PHASESEL0 := false.B
  loop.PHASESEL1 := false.B
  loop.PHASEDIR := true.B
  loop.PHASESTEP := true.B
  loop.PHASELOADREG := true.B
  loop.RST := false.B
  loop.STDBY := false.B
  loop.PLLWAKESYNC := false.B

  // Asynchronously set while the clock is not steady, released by it, then some cycles more.
  private val unsteady = (!loop.LOCK).asAsyncReset
  private val resets = withClockAndReset(loop.CLKOP, unsteady) {
    (0 until 16).foldLeft(false.B: Bool)((in, _) => RegNext(in, true.B))
  }
  private val card = withClockAndReset(loop.CLKOP, resets) {
    Module(new SerialCard(p, lines, clockMHz * 1000000 / baud))
  }
  card.io.receive := ftdi_txd
  ftdi_rxd := card.io.transmit
  led0 := card.io.interrupt
  led1 := card.io.busy
  wifi_gpio0 := true.B
}
