package io.cipherstream.fpga.shell

import chisel3._
import chisel3.util._

/** What becomes of a rule of a protocol. */
trait Rule {

  /** States that `holds`, in the cycles in which the place of the call is active; the text says what went wrong if not. */
  def apply(holds: Bool, text: String): Unit
}

object Rule {

  /** An assertion: what breaks it stops the simulation. */
  val asserted: Rule = (holds, text) => assert(holds, text)
}

/** Rules of every handshake. */
private object Handshake {

  /** An offer stays, and what it offers stays, until it is taken. */
  def steady(rule: Rule)(valid: Bool, ready: Bool, bits: UInt, name: String): Unit = {
    val waited = RegNext(valid && !ready, false.B)
    val offered = RegNext(bits)
    rule(!waited || valid, s"$name: VALID fell before READY")
    rule(!waited || bits === offered, s"$name: an offer changed before READY")
  }
}

/** The rules of an AXI4 port, for the core's side and the memory's side, as assertions. It drives nothing.
  *
  * Beyond AXI4 it holds the core to what the documents say: INCR bursts of whole beats, all bytes written, a
  * burst's data never before its address.
  *
  * @param bursts most bursts that may be open in either direction
  */
class AxiChecker(name: String, bursts: Int, rule: Rule = Rule.asserted) extends Module {
  // The assertions stand in the module itself, so that it can be instantiated where only assertions may be.
  layer.enable(layers.Verification.Assert)
  val port = IO(Input(new Vitis.Master))
  private val ids = 1 << Vitis.idBits

  private def fire(valid: Bool, ready: Bool): Bool = valid && ready

  Handshake.steady(rule)(
    port.AWVALID,
    port.AWREADY,
    Cat(port.AWADDR, port.AWID, port.AWLEN, port.AWSIZE, port.AWBURST, port.AWLOCK, port.AWCACHE, port.AWPROT),
    s"$name AW"
  )
  Handshake.steady(rule)(port.WVALID, port.WREADY, Cat(port.WDATA, port.WSTRB, port.WLAST), s"$name W")
  Handshake.steady(rule)(port.BVALID, port.BREADY, Cat(port.BRESP, port.BID), s"$name B")
  Handshake.steady(rule)(
    port.ARVALID,
    port.ARREADY,
    Cat(port.ARADDR, port.ARID, port.ARLEN, port.ARSIZE, port.ARBURST, port.ARLOCK, port.ARCACHE, port.ARPROT),
    s"$name AR"
  )
  Handshake.steady(rule)(port.RVALID, port.RREADY, Cat(port.RDATA, port.RRESP, port.RID, port.RLAST), s"$name R")

  private def address(valid: Bool, addr: UInt, len: UInt, size: UInt, burst: UInt, channel: String): Unit =
    when(valid) {
      val first = addr(log2Ceil(Axi4.boundaryBytes) - 1, log2Ceil(Axi4.beatBytes))
      rule(size === log2Ceil(Axi4.beatBytes).U && burst === 1.U, s"$name $channel: no INCR burst of whole beats")
      rule(addr(log2Ceil(Axi4.beatBytes) - 1, 0) === 0.U, s"$name $channel: the address is no line's")
      rule(first +& len < (Axi4.boundaryBytes / Axi4.beatBytes).U, s"$name $channel: a burst crosses 4 KiB")
    }
  address(port.AWVALID, port.AWADDR, port.AWLEN, port.AWSIZE, port.AWBURST, "AW")
  address(port.ARVALID, port.ARADDR, port.ARLEN, port.ARSIZE, port.ARBURST, "AR")

  // Reads: answers of an ID in the order of its bursts, the last beat marked, none that nobody asked for.
  for (id <- 0 until ids) {
    val lengths = Module(new Queue(UInt(8.W), bursts))
    val beat = RegInit(0.U(8.W))
    lengths.io.enq.valid := fire(port.ARVALID, port.ARREADY) && port.ARID === id.U
    lengths.io.enq.bits := port.ARLEN
    rule(!lengths.io.enq.valid || lengths.io.enq.ready, s"$name AR: more than $bursts bursts open")
    val here = fire(port.RVALID, port.RREADY) && port.RID === id.U
    val last = beat === lengths.io.deq.bits
    lengths.io.deq.ready := here && last
    when(port.RVALID && port.RID === id.U) {
      rule(lengths.io.deq.valid, s"$name R: a beat that was not asked for, ID $id")
      rule(port.RLAST === last, s"$name R: RLAST in the wrong place, ID $id")
    }
    when(here) { beat := Mux(last, 0.U, beat + 1.U) }
  }

  // Writes: data in the order of the addresses; an answer only for a burst whose data is whole.
  private val lengths = Module(new Queue(UInt(8.W), bursts))
  private val beat = RegInit(0.U(8.W))
  private val last = beat === lengths.io.deq.bits
  private val written = fire(port.WVALID, port.WREADY)
  lengths.io.enq.valid := fire(port.AWVALID, port.AWREADY)
  lengths.io.enq.bits := port.AWLEN
  lengths.io.deq.ready := written && last
  rule(!lengths.io.enq.valid || lengths.io.enq.ready, s"$name AW: more than $bursts bursts open")
  when(port.WVALID) {
    rule(lengths.io.deq.valid, s"$name W: data without an address")
    rule(port.WLAST === last, s"$name W: WLAST in the wrong place")
    rule(port.WSTRB.andR, s"$name W: bytes left out")
  }
  when(written) { beat := Mux(last, 0.U, beat + 1.U) }

  for (id <- 0 until ids) {
    // Bursts with that ID, in order; those whose data is whole.
    val open = RegInit(0.U(log2Ceil(bursts + 1).W))
    val asked = fire(port.AWVALID, port.AWREADY) && port.AWID === id.U
    val answered = fire(port.BVALID, port.BREADY) && port.BID === id.U
    open := open + asked.asUInt - answered.asUInt
    when(port.BVALID && port.BID === id.U) { rule(open =/= 0.U, s"$name B: an answer to no burst, ID $id") }
  }
  private val whole = RegInit(0.U(log2Ceil(bursts + 1).W))
  whole := whole + (written && last).asUInt - fire(port.BVALID, port.BREADY).asUInt
  when(port.BVALID) { rule(whole =/= 0.U, s"$name B: an answer before the data is whole") }
}

object AxiChecker {

  /** Watches every port of a kernel, in simulations that bind the assertions.
    *
    * @param masters memory ports with their names
    * @param bursts most bursts that may be open on one of them, in either direction
    */
  def watch(clock: Clock, reset: Reset, control: Vitis.Control, masters: Seq[(Vitis.Master, String)], bursts: Int): Unit =
    layer.block(layers.Verification.Assert) {
      withClockAndReset(clock, reset) {
        for ((port, name) <- masters) {
          val checker = Module(new AxiChecker(name, bursts))
          checker.port := port
        }
        val checker = Module(new AxiLiteChecker("s_axi_control"))
        checker.port := control
      }
    }
}

/** The rules of an AXI4-Lite slave, for both sides. It drives nothing. */
class AxiLiteChecker(name: String) extends Module {
  layer.enable(layers.Verification.Assert)
  val port = IO(Input(new Vitis.Control))

  Handshake.steady(Rule.asserted)(port.AWVALID, port.AWREADY, port.AWADDR, s"$name AW")
  Handshake.steady(Rule.asserted)(port.WVALID, port.WREADY, Cat(port.WDATA, port.WSTRB), s"$name W")
  Handshake.steady(Rule.asserted)(port.BVALID, port.BREADY, port.BRESP, s"$name B")
  Handshake.steady(Rule.asserted)(port.ARVALID, port.ARREADY, port.ARADDR, s"$name AR")
  Handshake.steady(Rule.asserted)(port.RVALID, port.RREADY, Cat(port.RDATA, port.RRESP), s"$name R")

  /** Requests taken less answers taken. */
  private def open(requests: Bool, answers: Bool): UInt = {
    val count = RegInit(0.U(8.W))
    count := count + requests.asUInt - answers.asUInt
    count
  }
  private val answered = port.BVALID && port.BREADY
  private val addresses = open(port.AWVALID && port.AWREADY, answered)
  private val data = open(port.WVALID && port.WREADY, answered)
  private val reads = open(port.ARVALID && port.ARREADY, port.RVALID && port.RREADY)
  when(port.BVALID) { assert(addresses =/= 0.U && data =/= 0.U, s"$name B: an answer to no write") }
  when(port.RVALID) { assert(reads =/= 0.U, s"$name R: an answer to no read") }
}
