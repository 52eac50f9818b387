package io.cipherstream.fpga.shell

import chisel3._

/** Ports of an RTL kernel by the names that Vitis looks for. */
object Vitis {

  /** Bits of a port's IDs. */
  val idBits: Int = 1

  /** Bits of an address of the control registers. */
  val controlAddressBits: Int = 12

  /** A memory port of a kernel, and the arguments that a host binds to the memory behind it first. */
  case class Port(name: String, reads: Boolean, writes: Boolean, arguments: Seq[String])

  /** A whole AXI4 master: what the core does not use is tied off. */
  class Master extends Bundle {
    private val dataBits = 8 * Axi4.beatBytes
    val AWVALID = Output(Bool())
    val AWREADY = Input(Bool())
    val AWADDR = Output(UInt(64.W))
    val AWID = Output(UInt(idBits.W))
    val AWLEN = Output(UInt(8.W))
    val AWSIZE = Output(UInt(3.W))
    val AWBURST = Output(UInt(2.W))
    val AWLOCK = Output(Bool())
    val AWCACHE = Output(UInt(4.W))
    val AWPROT = Output(UInt(3.W))
    val AWQOS = Output(UInt(4.W))
    val AWREGION = Output(UInt(4.W))
    val WVALID = Output(Bool())
    val WREADY = Input(Bool())
    val WDATA = Output(UInt(dataBits.W))
    val WSTRB = Output(UInt((dataBits / 8).W))
    val WLAST = Output(Bool())
    val BVALID = Input(Bool())
    val BREADY = Output(Bool())
    val BRESP = Input(UInt(2.W))
    val BID = Input(UInt(idBits.W))
    val ARVALID = Output(Bool())
    val ARREADY = Input(Bool())
    val ARADDR = Output(UInt(64.W))
    val ARID = Output(UInt(idBits.W))
    val ARLEN = Output(UInt(8.W))
    val ARSIZE = Output(UInt(3.W))
    val ARBURST = Output(UInt(2.W))
    val ARLOCK = Output(Bool())
    val ARCACHE = Output(UInt(4.W))
    val ARPROT = Output(UInt(3.W))
    val ARQOS = Output(UInt(4.W))
    val ARREGION = Output(UInt(4.W))
    val RVALID = Input(Bool())
    val RREADY = Output(Bool())
    val RDATA = Input(UInt(dataBits.W))
    val RLAST = Input(Bool())
    val RID = Input(UInt(idBits.W))
    val RRESP = Input(UInt(2.W))
  }

  /** The AXI4-Lite slave of the control registers. */
  class Control extends Bundle {
    val AWVALID = Input(Bool())
    val AWREADY = Output(Bool())
    val AWADDR = Input(UInt(controlAddressBits.W))
    val WVALID = Input(Bool())
    val WREADY = Output(Bool())
    val WDATA = Input(UInt(32.W))
    val WSTRB = Input(UInt(4.W))
    val BVALID = Output(Bool())
    val BREADY = Input(Bool())
    val BRESP = Output(UInt(2.W))
    val ARVALID = Input(Bool())
    val ARREADY = Output(Bool())
    val ARADDR = Input(UInt(controlAddressBits.W))
    val RVALID = Output(Bool())
    val RREADY = Input(Bool())
    val RDATA = Output(UInt(32.W))
    val RRESP = Output(UInt(2.W))
  }

  /** Normal memory, modifiable and bufferable, as Vitis' own masters say. */
  private val cache = 3

  /** Connects the channels that a port has; the others ask for nothing. */
  def connect(port: Master, read: Option[Axi4.Read], write: Option[Axi4.Write]): Unit = {
    connectRead(port, read)
    connectWrite(port, write)
  }

  private def connectRead(port: Master, read: Option[Axi4.Read]): Unit = {
    val none = Wire(new Axi4.Address(idBits))
    Axi4.connect(none, 0, 0.U, 1.U)
    val address = read.map(_.ar.bits).getOrElse(none)
    port.ARVALID := read.map(_.ar.valid).getOrElse(false.B)
    port.ARADDR := address.addr
    port.ARID := address.id
    port.ARLEN := address.len
    port.ARSIZE := address.size
    port.ARBURST := address.burst
    port.ARLOCK := false.B
    port.ARCACHE := cache.U
    port.ARPROT := 0.U
    port.ARQOS := 0.U
    port.ARREGION := 0.U
    port.RREADY := read.map(_.r.ready).getOrElse(true.B)
    for (r <- read) {
      r.ar.ready := port.ARREADY
      r.r.valid := port.RVALID
      r.r.bits.data := port.RDATA
      r.r.bits.last := port.RLAST
      r.r.bits.id := port.RID
      r.r.bits.resp := port.RRESP
    }
  }

  private def connectWrite(port: Master, write: Option[Axi4.Write]): Unit = {
    val none = Wire(new Axi4.Address(idBits))
    Axi4.connect(none, 0, 0.U, 1.U)
    val address = write.map(_.aw.bits).getOrElse(none)
    port.AWVALID := write.map(_.aw.valid).getOrElse(false.B)
    port.AWADDR := address.addr
    port.AWID := address.id
    port.AWLEN := address.len
    port.AWSIZE := address.size
    port.AWBURST := address.burst
    port.AWLOCK := false.B
    port.AWCACHE := cache.U
    port.AWPROT := 0.U
    port.AWQOS := 0.U
    port.AWREGION := 0.U
    port.WVALID := write.map(_.w.valid).getOrElse(false.B)
    port.WDATA := write.map(_.w.bits.data).getOrElse(0.U)
    port.WSTRB := write.map(_.w.bits.strb).getOrElse(0.U)
    port.WLAST := write.map(_.w.bits.last).getOrElse(false.B)
    port.BREADY := write.map(_.b.ready).getOrElse(true.B)
    for (w <- write) {
      w.aw.ready := port.AWREADY
      w.w.ready := port.WREADY
      w.b.valid := port.BVALID
      w.b.bits.resp := port.BRESP
      w.b.bits.id := port.BID
    }
  }

  /** Connects the control registers' slave. */
  def connect(axi: AxiLite, port: Control): Unit = {
    axi.aw.valid := port.AWVALID
    axi.aw.bits := port.AWADDR
    port.AWREADY := axi.aw.ready
    axi.w.valid := port.WVALID
    axi.w.bits.data := port.WDATA
    axi.w.bits.strb := port.WSTRB
    port.WREADY := axi.w.ready
    port.BVALID := axi.b.valid
    port.BRESP := axi.b.bits
    axi.b.ready := port.BREADY
    axi.ar.valid := port.ARVALID
    axi.ar.bits := port.ARADDR
    port.ARREADY := axi.ar.ready
    port.RVALID := axi.r.valid
    port.RDATA := axi.r.bits.data
    port.RRESP := axi.r.bits.resp
    axi.r.ready := port.RREADY
  }
}
