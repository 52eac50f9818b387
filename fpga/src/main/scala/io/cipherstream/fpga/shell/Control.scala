package io.cipherstream.fpga.shell

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.{CoreParameters, CoreSet}

/** AXI4-Lite, seen from the master. */
class AxiLite(addressBits: Int) extends Bundle {
  val aw = Decoupled(UInt(addressBits.W))
  val w = Decoupled(new Bundle {
    val data = UInt(32.W)
    val strb = UInt(4.W)
  })
  val b = Flipped(Decoupled(UInt(2.W)))
  val ar = Decoupled(UInt(addressBits.W))
  val r = Flipped(Decoupled(new Bundle {
    val data = UInt(32.W)
    val resp = UInt(2.W)
  }))
}

/** The kernel's arguments, as registers hold them. */
class Arguments extends Bundle {
  val words: Vec[UInt] = Vec(Registers.arguments.size, UInt(64.W))
  def apply(name: String): UInt = {
    val index = Registers.arguments.indexWhere(_.name == name)
    words(index)(Registers.arguments(index).bits - 1, 0)
  }
}

/** Control registers of a kernel in the sense of Vitis, ap_ctrl_chain: a start is taken when the run before it has
  * ended and the host has said ap_continue, and the arguments are taken with it. From then on, even while the core
  * runs, the host may write the arguments of the next run and start it.
  */
class Control(p: CoreParameters) extends Module {
  private val addressBits = 12
  val io = IO(new Bundle {
    val axi = Flipped(new AxiLite(addressBits))

    /** As they were when the run was taken. */
    val arguments = Output(new Arguments)

    /** Pulses when a run is taken. */
    val start = Output(Bool())

    /** Pulses when the program has ended; only while one runs. */
    val done = Input(Bool())
    val status = Input(UInt(32.W))
    val failedInstruction = Input(UInt(32.W))
    val interrupt = Output(Bool())
  })

  // Asked for and not yet taken; taken.
  private val start = RegInit(false.B)
  private val begins = RegInit(false.B)
  private val running = RegInit(false.B)
  private val done = RegInit(false.B)
  private val ready = RegInit(false.B)
  private val globalEnable = RegInit(false.B)
  private val enable = RegInit(0.U(2.W))
  private val pending = RegInit(0.U(2.W))
  private val arguments = Reg(new Arguments)
  private val taken = Reg(new Arguments)

  // A write needs its address and its data; they may come in any order.
  private val address = Queue(io.axi.aw, 1)
  private val data = Queue(io.axi.w, 1)
  private val answer = Module(new Queue(UInt(2.W), 1))
  private val write = address.valid && data.valid && answer.io.enq.ready
  address.ready := write
  data.ready := write
  answer.io.enq.valid := write
  answer.io.enq.bits := 0.U
  io.axi.b <> answer.io.deq
  private val mask = FillInterleaved(8, data.bits.strb)
  private def merged(old: UInt): UInt = (old & ~mask) | (data.bits.data & mask)
  private def writes(offset: Int): Bool = write && address.bits(addressBits - 1, 2) === (offset / 4).U

  // What happens wins over what the host writes in the same cycle: no event is lost.
  private val take = start && !running && !done
  private val events = Cat(take, io.done) & enable
  begins := take
  when(writes(Registers.control) && data.bits.strb(0)) {
    when(data.bits.data(0)) {
      start := true.B
      ready := false.B
    }
    when(data.bits.data(4)) { done := false.B }
  }
  when(take) {
    start := false.B
    ready := true.B
    running := true.B
    taken := arguments
  }
  when(io.done) {
    running := false.B
    done := true.B
  }
  when(writes(Registers.interruptGlobal)) { globalEnable := merged(globalEnable.asUInt)(0) }
  when(writes(Registers.interruptEnable)) { enable := merged(enable)(1, 0) }
  private val toggled = Mux(writes(Registers.interruptStatus), (data.bits.data & mask)(1, 0), 0.U(2.W))
  pending := (pending ^ toggled) | events
  for ((a, i) <- Registers.arguments.zipWithIndex; half <- 0 until a.bits / 32)
    when(writes(a.offset + 4 * half)) {
      val old = arguments.words(i)
      arguments.words(i) := (if (half == 0) Cat(old(63, 32), merged(old(31, 0))) else Cat(merged(old(63, 32)), old(31, 0)))
    }

  private val capabilities = Map(
    "magic" -> Registers.magic.U(32.W),
    "version" -> CoreSet.version.U(32.W),
    "wordBits" -> p.wordBits.U(32.W),
    "montgomeryBits" -> p.montgomeryBits.U(32.W),
    "lanes" -> p.lanes.U(32.W),
    "degreeBitsMin" -> p.degreeBitsMin.U(32.W),
    "degreeBitsMax" -> p.degreeBitsMax.U(32.W),
    "segments" -> p.segments.U(32.W),
    "moduli" -> p.moduli.U(32.W),
    "status" -> io.status,
    "failedInstruction" -> io.failedInstruction
  )
  private val readable: Seq[(Int, UInt)] = Seq(
    Registers.control -> Cat(ready, !start && !running, done, start),
    Registers.interruptGlobal -> globalEnable.asUInt,
    Registers.interruptEnable -> enable,
    Registers.interruptStatus -> pending
  ) ++ Registers.arguments.zipWithIndex.flatMap { case (a, i) =>
    (0 until a.bits / 32).map(half => (a.offset + 4 * half, arguments.words(i)(32 * half + 31, 32 * half)))
  } ++ Registers.capabilityNames.zipWithIndex.map { case (name, i) =>
    (Registers.capabilities + 4 * i, capabilities(name))
  }
  // What a read answers is registered: it stays while the host lets it wait, whatever happens meanwhile.
  private val reading = Queue(io.axi.ar, 1)
  private val value = Wire(Decoupled(UInt(32.W)))
  value.valid := reading.valid
  reading.ready := value.ready
  value.bits := MuxLookup(reading.bits(addressBits - 1, 2), 0.U(32.W))(
    readable.map { case (offset, register) =>
      val word = Wire(UInt(32.W))
      word := register
      ((offset / 4).U, word)
    }
  )
  private val read = Queue(value, 1)
  io.axi.r.valid := read.valid
  io.axi.r.bits.resp := 0.U
  io.axi.r.bits.data := read.bits
  read.ready := io.axi.r.ready

  io.arguments := taken
  io.start := begins
  io.interrupt := globalEnable && pending =/= 0.U
}
