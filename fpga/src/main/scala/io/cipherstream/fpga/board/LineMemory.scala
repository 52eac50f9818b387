package io.cipherstream.fpga.board

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.shell.{Axi4, Vitis}

object LineMemory {

  /** AXI answers: done, a transfer that is not supported, no such address. */
  val okay = 0
  val slaveError = 2
  val decodeError = 3
}

/** On-chip memory of lines behind AXI4 ports: a burst at a time is read and a burst at a time written, ports in
  * turn, a line a cycle each. A burst that is not of whole lines, or leaves the memory, is answered with an
  * error; of such bursts, and of beats without all strobes, nothing is written.
  */
class LineMemory(lines: Int, ports: Int) extends Module {
  import LineMemory._
  private def lineType = UInt((8 * Axi4.beatBytes).W)
  private val lineBits = log2Ceil(lines)
  private val ahead = 4

  val io = IO(new Bundle {
    val read = Vec(ports, Flipped(new Axi4.Read(Vitis.idBits)))
    val write = Vec(ports, Flipped(new Axi4.Write(Vitis.idBits)))
  })

  private class Burst extends Bundle {
    val port = UInt(log2Ceil(ports).W)
    val id = UInt(Vitis.idBits.W)
    val line = UInt(lineBits.W)
    val left = UInt(9.W)
    val resp = UInt(2.W)
  }
  private val memory = SyncReadMem(lines, lineType)

  private def burst(address: Axi4.Address, port: UInt): Burst = {
    val shift = log2Ceil(Axi4.beatBytes)
    val first = address.addr >> shift
    val outside = (first >> lineBits).orR || first(lineBits - 1, 0) +& address.len >= lines.U
    val whole = address.size === shift.U && address.burst === 1.U && address.addr(shift - 1, 0) === 0.U
    val b = Wire(new Burst)
    b.port := port
    b.id := address.id
    b.line := first(lineBits - 1, 0)
    b.left := address.len +& 1.U
    b.resp := Mux(outside, decodeError.U, Mux(whole, okay.U, slaveError.U))
    b
  }

  /** Asks of all ports in turn; a burst is held until `next`. */
  private def bursts(asks: Seq[DecoupledIO[Axi4.Address]], next: Bool): (Bool, Burst) = {
    val arbiter = Module(new RRArbiter(new Axi4.Address(Vitis.idBits), ports))
    arbiter.io.in.zip(asks).foreach { case (a, ask) => a <> ask }
    val active = RegInit(false.B)
    val held = Reg(new Burst)
    arbiter.io.out.ready := !active
    when(arbiter.io.out.fire) {
      active := true.B
      held := burst(arbiter.io.out.bits, arbiter.io.chosen)
    }
    when(next) { active := false.B }
    (active, held)
  }

  private def advance(b: Burst): Unit = {
    b.line := b.line + 1.U
    b.left := b.left - 1.U
  }

  // Read: lines wait in a short queue for their port.
  private class Beat extends Bundle {
    val data = lineType
    val from = new Burst
  }
  private val beats = Module(new Queue(new Beat, ahead))
  private val onTheWay = RegInit(0.U(log2Ceil(ahead + 1).W))
  private val readLast = Wire(Bool())
  private val (reading, readBurst) = bursts(io.read.map(_.ar), readLast)
  private val issue = reading && onTheWay < ahead.U
  readLast := issue && readBurst.left === 1.U
  when(issue) { advance(readBurst) }
  beats.io.enq.valid := RegNext(issue, false.B)
  beats.io.enq.bits.data := memory.read(readBurst.line, issue)
  beats.io.enq.bits.from := RegNext(readBurst)
  assert(!beats.io.enq.valid || beats.io.enq.ready, "a line that was read is lost")
  onTheWay := onTheWay + issue.asUInt - beats.io.deq.fire.asUInt
  private val beat = beats.io.deq.bits
  for ((r, i) <- io.read.map(_.r).zipWithIndex) {
    r.valid := beats.io.deq.valid && beat.from.port === i.U
    r.bits.id := beat.from.id
    r.bits.data := beat.data
    r.bits.resp := beat.from.resp
    r.bits.last := beat.from.left === 1.U
  }
  beats.io.deq.ready := VecInit(io.read.map(_.r.ready))(beat.from.port)

  // Write: a register before the memory; the answer comes behind it.
  private val answered = Wire(Bool())
  private val (writing, writeBurst) = bursts(io.write.map(_.aw), answered)
  private val answering = RegInit(false.B)
  private val w = VecInit(io.write.map(_.w.bits))(writeBurst.port)
  private val wValid = VecInit(io.write.map(_.w.valid))(writeBurst.port)
  private val take = writing && !answering && wValid
  private val good = writeBurst.resp === okay.U && w.strb.andR
  for ((port, i) <- io.write.zipWithIndex) {
    val here = writeBurst.port === i.U
    port.w.ready := writing && !answering && here
    port.b.valid := answering && here
    port.b.bits.id := writeBurst.id
    port.b.bits.resp := writeBurst.resp
  }
  when(take) {
    advance(writeBurst)
    when(!w.strb.andR && writeBurst.resp === okay.U) { writeBurst.resp := slaveError.U }
    when(writeBurst.left === 1.U) { answering := true.B }
    assert(w.last === (writeBurst.left === 1.U), "the last beat of a burst is not marked so")
  }
  answered := answering && VecInit(io.write.map(_.b.ready))(writeBurst.port)
  when(answered) { answering := false.B }
  private val store = RegNext(take && good, false.B)
  private val storeLine = RegNext(writeBurst.line)
  private val storeData = RegNext(w.data)
  when(store) { memory.write(storeLine, storeData) }
}
