package io.cipherstream.fpga.shell

import chisel3._
import io.cipherstream.fpga.Simulation
import org.scalatest.flatspec.AnyFlatSpec

/** A port whose signals the test drives, watched by the checker. */
class AxiCheckerBench extends Module {
  val port = IO(Input(new Vitis.Master))
  layer.block(layers.Verification.Assert) {
    val checker = Module(new AxiChecker("port", 4))
    checker.port := port
  }
}

/** Remembers which rules were broken, and stops nothing. */
class Recorder extends Rule {
  val texts = collection.mutable.Buffer[String]()

  /** Bit i: whether the rule with text i was broken. Made by the first rule, outside of any condition. */
  lazy val broken: Vec[Bool] = RegInit(VecInit.fill(Recorder.rulesMax)(false.B))

  override def apply(holds: Bool, text: String): Unit = {
    val bit = broken(texts.size)
    texts += text
    when(!holds) { bit := true.B }
  }
}

object Recorder {
  val rulesMax = 64
}

/** The checker with a recorder. */
class RecordingChecker(recorder: Recorder) extends AxiChecker("port", 4, recorder) {
  val broken = IO(Output(UInt(Recorder.rulesMax.W)))
  broken := recorder.broken.asUInt
}

/** A port whose signals the test drives, and the rules that it broke since the reset. */
class RecordingBench extends Module {
  // As the checker does.
  layer.enable(layers.Verification.Assert)
  val port = IO(Input(new Vitis.Master))
  val broken = IO(Output(UInt(Recorder.rulesMax.W)))
  private val recorder = new Recorder
  private val checker = Module(new RecordingChecker(recorder))
  checker.port := port
  broken := checker.broken
  val texts: Seq[String] = recorder.texts.toSeq
}

/** The same for the control registers' port. */
class AxiLiteCheckerBench extends Module {
  val port = IO(Input(new Vitis.Control))
  layer.block(layers.Verification.Assert) {
    val checker = Module(new AxiLiteChecker("port"))
    checker.port := port
  }
}

/** The checkers pass what is right and stop the simulation at what is not. */
class AxiCheckerSpec extends AnyFlatSpec with Simulation {
  import AxiCheckerSpec.Fault

  private def quiet(port: Bundle): Unit = port.elements.values.foreach {
    case b: Bool => b.poke(false)
    case u: UInt => u.poke(0)
    case other   => fail(s"signal $other")
  }

  /** A read and a write of three beats, and what a fault makes of them. */
  private def traffic(port: Vitis.Master, clock: Clock, fault: Fault): Unit = {
    quiet(port)
    for (ready <- Seq(port.AWREADY, port.WREADY, port.BREADY, port.ARREADY, port.RREADY)) ready.poke(true)
    port.ARSIZE.poke(6)
    port.ARBURST.poke(1)
    port.AWSIZE.poke(6)
    port.AWBURST.poke(1)
    port.ARADDR.poke(if (fault == Fault.Boundary) 0x1000 - 0x80 else 0x1000 - 0xc0)
    port.AWADDR.poke(0x2000)
    port.ARLEN.poke(2)
    port.AWLEN.poke(2)
    // The read's address waits a cycle.
    port.ARREADY.poke(false)
    port.ARVALID.poke(true)
    clock.step()
    if (fault == Fault.Withdrawn) port.ARVALID.poke(false)
    if (fault == Fault.Changed) port.ARADDR.poke(0x3000)
    port.ARREADY.poke(true)
    clock.step()
    port.ARVALID.poke(false)
    for (beat <- 0 until (if (fault == Fault.Surplus) 4 else 3)) {
      port.RVALID.poke(true)
      port.RLAST.poke(beat == (if (fault == Fault.ReadLast) 1 else 2))
      port.RID.poke(if (fault == Fault.WrongId) 1 else 0)
      clock.step()
    }
    port.RVALID.poke(false)
    port.AWVALID.poke(fault != Fault.NoAddress)
    clock.step()
    port.AWVALID.poke(false)
    port.WSTRB.poke((BigInt(1) << 64) - 1)
    for (beat <- 0 until 3) {
      port.WVALID.poke(true)
      port.WLAST.poke(beat == (if (fault == Fault.WriteLast) 1 else 2))
      port.BVALID.poke(fault == Fault.Early && beat == 1)
      clock.step()
    }
    port.WVALID.poke(false)
    for (_ <- 0 until (if (fault == Fault.Twice) 2 else 1)) {
      port.BVALID.poke(true)
      clock.step()
    }
    port.BVALID.poke(false)
    clock.step(2)
  }

  "AxiChecker" should "find each fault, and nothing in traffic that keeps the rules" in {
    simulate(new RecordingBench) { dut =>
      for (fault <- Fault.None +: Fault.all) withClue(s"$fault: ") {
        dut.reset.poke(true)
        dut.clock.step()
        dut.reset.poke(false)
        traffic(dut.port, dut.clock, fault)
        val broken = dut.texts.zipWithIndex.collect { case (text, i) if dut.broken.peek().litValue.testBit(i) => text }
        if (fault == Fault.None) assert(broken.isEmpty) else assert(broken.exists(_.contains(fault.message)), broken)
      }
    }
  }

  it should "stop the simulation at a fault" in {
    val e = intercept[Exception](simulate(new AxiCheckerBench)(dut => traffic(dut.port, dut.clock, Fault.Early)))
    assert(e.getMessage.contains(Fault.Early.message))
  }

  private def registers(dut: AxiLiteCheckerBench, answered: Boolean): Unit = {
    val port = dut.port
    quiet(port)
    for (ready <- Seq(port.AWREADY, port.WREADY, port.BREADY, port.ARREADY, port.RREADY)) ready.poke(true)
    port.WVALID.poke(true)
    dut.clock.step()
    port.WVALID.poke(false)
    port.AWVALID.poke(answered)
    dut.clock.step()
    port.AWVALID.poke(false)
    port.BVALID.poke(true)
    dut.clock.step()
    port.BVALID.poke(false)
    port.ARVALID.poke(true)
    dut.clock.step()
    port.ARVALID.poke(false)
    port.RVALID.poke(true)
    dut.clock.step()
    port.RVALID.poke(false)
    dut.clock.step(2)
  }

  "AxiLiteChecker" should "pass a write and a read, and stop at an answer that nobody asked for" in {
    var passed = false
    val e = intercept[Exception](simulate(new AxiLiteCheckerBench) { dut =>
      registers(dut, answered = true)
      passed = true
      registers(dut, answered = false)
    })
    assert(passed && e.getMessage.contains("an answer to no write"))
  }
}

object AxiCheckerSpec {

  /** What goes wrong, and what the checker says. */
  sealed abstract class Fault(text: String, val message: String) {
    override def toString: String = text
  }
  object Fault {
    case object None extends Fault("nothing", "")
    case object Withdrawn extends Fault("an offer withdrawn", "VALID fell before READY")
    case object Changed extends Fault("an offer changed", "an offer changed before READY")
    case object Boundary extends Fault("a burst across 4 KiB", "crosses 4 KiB")
    case object Surplus extends Fault("a beat too many", "was not asked for")
    case object WrongId extends Fault("an answer with another ID", "was not asked for")
    case object ReadLast extends Fault("a read's last beat in the wrong place", "RLAST in the wrong place")
    case object NoAddress extends Fault("data without an address", "data without an address")
    case object WriteLast extends Fault("a write's last beat in the wrong place", "WLAST in the wrong place")
    case object Early extends Fault("an answer before the data", "before the data is whole")
    case object Twice extends Fault("a second answer", "an answer to no burst")
    val all: Seq[Fault] =
      Seq(Withdrawn, Changed, Boundary, Surplus, WrongId, ReadLast, NoAddress, WriteLast, Early, Twice)
  }
}
