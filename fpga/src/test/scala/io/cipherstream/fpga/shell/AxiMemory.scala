package io.cipherstream.fpga.shell

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.StreamMemories.gate

/** A number for each kind of channel. */
class Channels[T <: Data](of: => T) extends Bundle {
  val ar = of
  val r = of
  val aw = of
  val w = of
  val b = of

  def all: Seq[T] = Seq(ar, r, aw, w, b)
}

/** Device memory behind the kernel's AXI4 ports: latency of reads and of writes, random waiting, errors and silence on
  * request. Answers of one ID come in order; those of different IDs overtake each other and mix, beat by beat, at random. The
  * rules of the protocol are checked by the kernel's own AxiChecker; here only that nothing outside memory is
  * asked for.
  */
class AxiMemory(lines: Int, count: Int) extends Module {
  private val lineBits = 8 * Axi4.beatBytes
  val ports = IO(Vec(count, Flipped(new Vitis.Master)))
  val host = IO(new Bundle {
    val write = Input(Bool())
    val address = Input(UInt(32.W))
    val data = Input(UInt(lineBits.W))
    val read = Output(UInt(lineBits.W))
  })

  /** Cycles from a read's address to its first beat, and from a write's last beat to its answer; a mask for random waiting, by
    * channel.
    */
  val latency = IO(Input(new AxiMemory.Latency))
  val gaps = IO(Input(new Channels(UInt(24.W))))

  /** Ports whose channel does not move, a bit each. */
  val stuck = IO(Input(new Channels(UInt(count.W))))

  /** Bursts of these ports that begin in these lines are answered with errors. */
  val failPorts = IO(Input(UInt(count.W)))
  val failRead = IO(Input(Vec(2, UInt(32.W))))
  val failWrite = IO(Input(Vec(2, UInt(32.W))))

  private val memory = Mem(lines, UInt(lineBits.W))
  private val now = RegInit(0.U(32.W))
  now := now + 1.U
  when(host.write) { memory.write(host.address(log2Ceil(lines) - 1, 0), host.data) }
  host.read := memory.read(host.address(log2Ceil(lines) - 1, 0))

  private class Burst extends Bundle {
    val id = UInt(Vitis.idBits.W)
    val line = UInt(32.W)
    val beats = UInt(9.W)
    val due = UInt(32.W)
    val fails = Bool()
  }

  private var seed = 10

  /** Whether a channel of a port may move in this cycle. */
  private def open(port: Int, of: Channels[UInt] => UInt): Bool = {
    seed += 1
    gate(of(gaps), seed) && !of(stuck)(port)
  }

  /** The same for a channel on which the memory offers: open stays until the offer is taken. */
  private def offering(port: Int, of: Channels[UInt] => UInt)(valid: Bool => Bool, ready: Bool): Unit = {
    val opened = RegInit(false.B)
    opened := valid(opened || open(port, of)) && !ready
  }

  private def accept(
      port: Int,
      of: Channels[UInt] => UInt,
      valid: Bool,
      ready: Bool,
      address: (UInt, UInt, UInt),
      fail: Vec[UInt],
      name: String
  ): DecoupledIO[Burst] = {
    val (addr, len, id) = address
    val first = addr >> log2Ceil(Axi4.beatBytes)
    when(valid) { assert(first + len < lines.U, s"$name: outside memory") }
    val queue = Module(new Queue(new Burst, 8))
    val moves = open(port, of)
    queue.io.enq.valid := valid && moves
    ready := queue.io.enq.ready && moves
    queue.io.enq.bits.id := id
    queue.io.enq.bits.line := first(31, 0)
    queue.io.enq.bits.beats := len +& 1.U
    queue.io.enq.bits.due := now + latency.read
    queue.io.enq.bits.fails := failPorts(port) && first >= fail(0) && first < fail(1)
    queue.io.deq
  }

  for ((port, i) <- ports.zipWithIndex) {
    val burst =
      accept(i, _.ar, port.ARVALID, port.ARREADY, (port.ARADDR, port.ARLEN, port.ARID), failRead, s"read port $i")
    val byId = Seq.tabulate(1 << Vitis.idBits) { id =>
      val queue = Module(new Queue(new Burst, 8))
      queue.io.enq.valid := burst.valid && burst.bits.id === id.U
      queue.io.enq.bits := burst.bits
      queue
    }
    burst.ready := VecInit(byId.map(_.io.enq.ready))(burst.bits.id)
    val due = VecInit(byId.map(q => q.io.deq.valid && now >= q.io.deq.bits.due))
    // Whose beat it is; what is offered stays.
    val held = RegInit(false.B)
    val before = RegInit(0.U(Vitis.idBits.W))
    val tossed = random.LFSR(16, seed = Some(BigInt(3 * i + 5)))(Vitis.idBits - 1, 0)
    val id = Mux(held, before, Mux(due(tossed), tossed, OHToUInt(PriorityEncoderOH(due))))
    before := id
    val first = VecInit(byId.map(_.io.deq.bits))(id)
    val beats = RegInit(VecInit.fill(byId.size)(0.U(9.W)))
    val last = beats(id) + 1.U === first.beats
    offering(i, _.r)(
      open => {
        port.RVALID := due(id) && open
        port.RVALID
      },
      port.RREADY
    )
    held := port.RVALID && !port.RREADY
    port.RID := id
    port.RDATA := memory.read((first.line + beats(id))(log2Ceil(lines) - 1, 0))
    port.RRESP := Mux(first.fails, 2.U, 0.U)
    port.RLAST := last
    val taken = port.RVALID && port.RREADY
    for ((queue, q) <- byId.zipWithIndex) queue.io.deq.ready := taken && last && id === q.U
    when(taken) { beats(id) := Mux(last, 0.U, beats(id) + 1.U) }
  }

  for ((port, i) <- ports.zipWithIndex) {
    val burst =
      accept(i, _.aw, port.AWVALID, port.AWREADY, (port.AWADDR, port.AWLEN, port.AWID), failWrite, s"write port $i")
    val beat = RegInit(0.U(9.W))
    val answers = Module(new Queue(new Burst, 8))
    val last = beat + 1.U === burst.bits.beats
    port.WREADY := burst.valid && answers.io.enq.ready && open(i, _.w)
    val written = port.WVALID && port.WREADY
    when(written) {
      when(!burst.bits.fails) {
        memory.write((burst.bits.line + beat)(log2Ceil(lines) - 1, 0), port.WDATA)
      }
      beat := Mux(last, 0.U, beat + 1.U)
    }
    burst.ready := written && last
    answers.io.enq.valid := written && last
    answers.io.enq.bits := burst.bits
    answers.io.enq.bits.due := now + latency.write
    offering(i, _.b)(
      open => {
        port.BVALID := answers.io.deq.valid && now >= answers.io.deq.bits.due && open
        port.BVALID
      },
      port.BREADY
    )
    port.BID := answers.io.deq.bits.id
    port.BRESP := Mux(answers.io.deq.bits.fails, 2.U, 0.U)
    answers.io.deq.ready := port.BVALID && port.BREADY
  }
}

object AxiMemory {

  /** Cycles that the memory takes. */
  class Latency extends Bundle {
    val read = UInt(16.W)
    val write = UInt(16.W)
  }
}
