package io.cipherstream.fpga.shell

import chisel3._
import chisel3.util._

/** AXI4 as the core's masters use it: 64-bit addresses, INCR bursts of whole beats, one ID bit group. */
object Axi4 {

  /** Bytes of a beat: a line of eight words. */
  val beatBytes: Int = 64

  /** A burst never crosses this boundary. */
  val boundaryBytes: Int = 4096

  class Address(idBits: Int) extends Bundle {
    val id = UInt(idBits.W)
    val addr = UInt(64.W)
    val len = UInt(8.W)
    val size = UInt(3.W)
    val burst = UInt(2.W)
  }

  class ReadData(idBits: Int) extends Bundle {
    val id = UInt(idBits.W)
    val data = UInt((8 * beatBytes).W)
    val resp = UInt(2.W)
    val last = Bool()
  }

  class WriteData extends Bundle {
    val data = UInt((8 * beatBytes).W)
    val strb = UInt(beatBytes.W)
    val last = Bool()
  }

  class WriteResponse(idBits: Int) extends Bundle {
    val id = UInt(idBits.W)
    val resp = UInt(2.W)
  }

  /** Read channels, seen from the master. */
  class Read(val idBits: Int) extends Bundle {
    val ar = Decoupled(new Address(idBits))
    val r = Flipped(Decoupled(new ReadData(idBits)))
  }

  /** Write channels, seen from the master. */
  class Write(val idBits: Int) extends Bundle {
    val aw = Decoupled(new Address(idBits))
    val w = Decoupled(new WriteData)
    val b = Flipped(Decoupled(new WriteResponse(idBits)))
  }

  def connect(address: Address, id: Int, addr: UInt, beats: UInt): Unit = {
    address.id := id.U
    address.addr := addr
    address.len := beats - 1.U
    address.size := log2Ceil(beatBytes).U
    address.burst := 1.U
  }
}

/** A stretch of memory: address of its first line and how many. At least one. */
class Lines extends Bundle {
  val address = UInt(64.W)
  val lines = UInt(32.W)
}

/** A line, and whether it is the last of its stretch. */
class Line extends Bundle {
  val data = UInt((8 * Axi4.beatBytes).W)
  val last = Bool()
}
