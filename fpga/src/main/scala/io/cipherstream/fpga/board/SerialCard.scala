package io.cipherstream.fpga.board

import chisel3._
import io.cipherstream.fpga.cluster.{ClusterKernel, ClusterParameters}
import io.cipherstream.fpga.shell.{Axi4, AxiLite, Vitis}

/** A whole card in one chip: the kernel `core_program` with one cluster, on-chip memory behind its three ports, and a serial line to
  * registers and memory. Addresses of the kernel's buffers are byte addresses of that memory.
  *
  * @param lines lines of the memory
  * @param ticks clock cycles of a bit on the serial line
  */
class SerialCard(p: ClusterParameters, lines: Int, ticks: Int) extends Module {
  val io = IO(new Bundle {
    val receive = Input(Bool())
    val transmit = Output(Bool())

    /** A program has ended and the host enabled the interrupt. */
    val interrupt = Output(Bool())

    /** A command of the serial line is being done. */
    val busy = Output(Bool())
  })

  private val kernel = Module(new ClusterKernel(p, 1))
  private val masters = kernel.masters
  private val memory = Module(new LineMemory(lines, masters.size + 1))
  private val bridge = Module(new Bridge(SerialCard.quietBits * ticks))
  private val receiver = Module(new UartReceiver(ticks))
  private val transmitter = Module(new UartTransmitter(ticks))

  kernel.ap_clk := clock
  kernel.ap_rst_n := !reset.asBool
  for ((master, i) <- masters.zipWithIndex) {
    SerialCard.connect(master, memory.io.read(i))
    SerialCard.connect(master, memory.io.write(i))
  }
  memory.io.read.last <> bridge.io.read
  memory.io.write.last <> bridge.io.write
  SerialCard.connect(bridge.io.control, kernel.s_axi_control)
  receiver.io.line := io.receive
  bridge.io.in := receiver.io.out
  transmitter.io.in <> bridge.io.out
  io.transmit := transmitter.io.line
  io.interrupt := kernel.interrupt
  io.busy := bridge.io.busy
}

object SerialCard {

  /** Bit times without a byte after which a command that is not whole is forgotten: a tenth of a second at 1 Mbit/s. */
  val quietBits = 100000

  private def connect(master: Vitis.Master, to: Axi4.Read): Unit = {
    to.ar.valid := master.ARVALID
    to.ar.bits.addr := master.ARADDR
    to.ar.bits.id := master.ARID
    to.ar.bits.len := master.ARLEN
    to.ar.bits.size := master.ARSIZE
    to.ar.bits.burst := master.ARBURST
    master.ARREADY := to.ar.ready
    master.RVALID := to.r.valid
    master.RDATA := to.r.bits.data
    master.RLAST := to.r.bits.last
    master.RID := to.r.bits.id
    master.RRESP := to.r.bits.resp
    to.r.ready := master.RREADY
  }

  private def connect(master: Vitis.Master, to: Axi4.Write): Unit = {
    to.aw.valid := master.AWVALID
    to.aw.bits.addr := master.AWADDR
    to.aw.bits.id := master.AWID
    to.aw.bits.len := master.AWLEN
    to.aw.bits.size := master.AWSIZE
    to.aw.bits.burst := master.AWBURST
    master.AWREADY := to.aw.ready
    to.w.valid := master.WVALID
    to.w.bits.data := master.WDATA
    to.w.bits.strb := master.WSTRB
    to.w.bits.last := master.WLAST
    master.WREADY := to.w.ready
    master.BVALID := to.b.valid
    master.BRESP := to.b.bits.resp
    master.BID := to.b.bits.id
    to.b.ready := master.BREADY
  }

  private def connect(axi: AxiLite, slave: Vitis.Control): Unit = {
    slave.AWVALID := axi.aw.valid
    slave.AWADDR := axi.aw.bits
    axi.aw.ready := slave.AWREADY
    slave.WVALID := axi.w.valid
    slave.WDATA := axi.w.bits.data
    slave.WSTRB := axi.w.bits.strb
    axi.w.ready := slave.WREADY
    axi.b.valid := slave.BVALID
    axi.b.bits := slave.BRESP
    slave.BREADY := axi.b.ready
    slave.ARVALID := axi.ar.valid
    slave.ARADDR := axi.ar.bits
    axi.ar.ready := slave.ARREADY
    axi.r.valid := slave.RVALID
    axi.r.bits.data := slave.RDATA
    axi.r.bits.resp := slave.RRESP
    slave.RREADY := axi.r.ready
  }
}
