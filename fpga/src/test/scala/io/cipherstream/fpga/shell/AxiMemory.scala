package io.cipherstream.fpga.shell

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.StreamMemories.gate
import io.cipherstream.fpga.top.MemoryPorts

/** Device memory behind AXI4 ports: latency, random waiting, errors on request, and a protocol checker on every
  * port, whose assertions end the simulation.
  */
class AxiMemory(lines: Int) extends Module {
  private val lineBits = 8 * Axi4.beatBytes
  val ports = IO(Flipped(new MemoryPorts))
  val host = IO(new Bundle {
    val write = Input(Bool())
    val address = Input(UInt(32.W))
    val data = Input(UInt(lineBits.W))
    val read = Output(UInt(lineBits.W))
  })

  /** Cycles from a burst's address to its first beat or answer; a mask for random waiting. */
  val latency = IO(Input(UInt(16.W)))
  val gaps = IO(Input(UInt(24.W)))

  /** Bursts that begin in these lines are answered with errors. */
  val failRead = IO(Input(Vec(2, UInt(32.W))))
  val failWrite = IO(Input(Vec(2, UInt(32.W))))

  private val memory = Mem(lines, UInt(lineBits.W))
  private val now = RegInit(0.U(32.W))
  now := now + 1.U
  when(host.write) { memory.write(host.address(log2Ceil(lines) - 1, 0), host.data) }
  host.read := memory.read(host.address(log2Ceil(lines) - 1, 0))

  private class Burst extends Bundle {
    val id = UInt(1.W)
    val line = UInt(32.W)
    val beats = UInt(9.W)
    val due = UInt(32.W)
    val fails = Bool()
  }

  /** Valid stays, and what it offers stays, until taken. */
  private def steady(port: DecoupledIO[Data], name: String): Unit = {
    val waited = RegNext(port.valid && !port.ready, false.B)
    val offered = RegNext(port.bits.asUInt)
    assert(!waited || (port.valid && port.bits.asUInt === offered), s"$name is not steady")
  }

  private def accept(port: DecoupledIO[Axi4.Address], fail: Vec[UInt], seed: Int, name: String): DecoupledIO[Burst] = {
    steady(port.asInstanceOf[DecoupledIO[Data]], name)
    val a = port.bits
    val first = a.addr >> log2Ceil(Axi4.beatBytes)
    when(port.valid) {
      assert(a.size === 6.U && a.burst === 1.U && a.addr(5, 0) === 0.U, s"$name: not whole beats")
      assert(first + a.len < lines.U, s"$name: outside memory")
      assert(first(5, 0) +& a.len < 64.U, s"$name: crosses 4 KiB")
    }
    val queue = Module(new Queue(new Burst, 8))
    val open = gate(gaps, seed)
    queue.io.enq.valid := port.valid && open
    port.ready := queue.io.enq.ready && open
    queue.io.enq.bits.id := a.id
    queue.io.enq.bits.line := first(31, 0)
    queue.io.enq.bits.beats := a.len +& 1.U
    queue.io.enq.bits.due := now + latency
    queue.io.enq.bits.fails := first >= fail(0) && first < fail(1)
    queue.io.deq
  }

  for ((port, i) <- Seq(ports.programRead, ports.nttRead, ports.aRead, ports.bRead, ports.dRead).zipWithIndex) {
    val burst = accept(port.ar, failRead, 10 + i, s"read port $i")
    val beat = RegInit(0.U(9.W))
    val last = beat + 1.U === burst.bits.beats
    // Open stays until the beat is taken: R is steady too.
    val opened = RegInit(false.B)
    val open = opened || gate(gaps, 20 + i)
    port.r.valid := burst.valid && now >= burst.bits.due && open
    opened := port.r.valid && !port.r.ready
    port.r.bits.id := burst.bits.id
    port.r.bits.data := memory.read((burst.bits.line + beat)(log2Ceil(lines) - 1, 0))
    port.r.bits.resp := Mux(burst.bits.fails, 2.U, 0.U)
    port.r.bits.last := last
    burst.ready := port.r.fire && last
    when(port.r.fire) { beat := Mux(last, 0.U, beat + 1.U) }
  }

  for ((port, i) <- Seq(ports.programWrite, ports.nttWrite, ports.dWrite).zipWithIndex) {
    steady(port.w.asInstanceOf[DecoupledIO[Data]], s"write data port $i")
    val burst = accept(port.aw, failWrite, 30 + i, s"write port $i")
    val beat = RegInit(0.U(9.W))
    val answers = Module(new Queue(new Burst, 8))
    val last = beat + 1.U === burst.bits.beats
    port.w.ready := burst.valid && answers.io.enq.ready && gate(gaps, 40 + i)
    when(port.w.fire) {
      assert(port.w.bits.last === last, s"write data port $i: last")
      assert(port.w.bits.strb.andR)
      when(!burst.bits.fails) {
        memory.write((burst.bits.line + beat)(log2Ceil(lines) - 1, 0), port.w.bits.data)
      }
      beat := Mux(last, 0.U, beat + 1.U)
    }
    burst.ready := port.w.fire && last
    answers.io.enq.valid := port.w.fire && last
    answers.io.enq.bits := burst.bits
    answers.io.enq.bits.due := now + latency
    port.b.valid := answers.io.deq.valid && now >= answers.io.deq.bits.due
    port.b.bits.id := answers.io.deq.bits.id
    port.b.bits.resp := Mux(answers.io.deq.bits.fails, 2.U, 0.U)
    answers.io.deq.ready := port.b.fire
  }
}
