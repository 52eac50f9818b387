package io.cipherstream.fpga.board

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.shell.{Axi4, AxiLite, Vitis}

/** The bridge's language. A command is nine bytes: opcode, address (4, low byte first), value (4). The answer is the
  * data that was asked for, then a status byte. One command at a time: the next may be sent when the status is there.
  *
  * | opcode | address | value | then | answer |
  * |---|---|---|---|---|
  * | 1 | register | its new value | | |
  * | 2 | register | ignored | | 4 bytes |
  * | 3 | first line | lines | 64 bytes a line | |
  * | 4 | first line | lines | | 64 bytes a line |
  */
object Bridge {
  val writeRegister = 1
  val readRegister = 2
  val writeLines = 3
  val readLines = 4

  /** Bytes of a command. */
  val commandBytes = 9

  /** Status: done, no such command, the register or the memory answered with an error. */
  val done = 0
  val badCommand = 1
  val refused = 2
}

/** From a byte stream to the core's registers and the board's memory.
  *
  * @param quietCycles a command whose bytes stop for so long is forgotten
  */
class Bridge(quietCycles: Int) extends Module {
  import Bridge._
  private val registerBits = Vitis.controlAddressBits

  val io = IO(new Bundle {
    val in = Flipped(Valid(UInt(8.W)))
    val out = Decoupled(UInt(8.W))
    val control = new AxiLite(registerBits)
    val read = new Axi4.Read(Vitis.idBits)
    val write = new Axi4.Write(Vitis.idBits)
    val busy = Output(Bool())
  })

  private val command :: register :: registerAnswer :: lineIn :: lineAsk :: lineAnswer :: bytesOut :: ending :: Nil = Enum(8)
  private val state = RegInit(command)
  private val header = Reg(UInt((8 * commandBytes).W))
  private val count = RegInit(0.U(log2Ceil(Axi4.beatBytes + 1).W))
  private val line = Reg(UInt((8 * Axi4.beatBytes).W))
  private val status = Reg(UInt(8.W))
  private val addressSent = Reg(Bool())
  private val dataSent = Reg(Bool())
  private val opcode = header(7, 0)
  private val address = header(39, 8)
  private val value = header(71, 40)
  private val reads = opcode === readRegister.U || opcode === readLines.U
  private val ofLines = opcode === writeLines.U || opcode === readLines.U
  io.busy := state =/= command || count =/= 0.U

  private def next(to: UInt): Unit = {
    state := to
    count := 0.U
    addressSent := false.B
    dataSent := false.B
  }

  // A half command is forgotten when nothing follows: the host can always start afresh.
  private val quiet = RegInit(0.U(log2Ceil(quietCycles + 1).W))
  private val waiting = state === lineIn || (state === command && count =/= 0.U)
  quiet := Mux(waiting && !io.in.valid, quiet + 1.U, 0.U)
  when(quiet === quietCycles.U) { next(command) }

  private val whole = Cat(io.in.bits, header(8 * commandBytes - 1, 8))
  private val newOpcode = whole(7, 0)
  when(state === command && io.in.valid) {
    header := whole
    count := count + 1.U
    when(count === (commandBytes - 1).U) {
      status := done.U
      next(
        MuxLookup(newOpcode, ending)(
          Seq(
            writeRegister.U -> register,
            readRegister.U -> register,
            writeLines.U -> Mux(whole(71, 40) === 0.U, ending, lineIn),
            readLines.U -> Mux(whole(71, 40) === 0.U, ending, lineAsk)
          )
        )
      )
      when(newOpcode < writeRegister.U || newOpcode > readLines.U) { status := badCommand.U }
    }
  }

  // Registers: an address beyond the map must not reach one of the map's.
  private val mapped = (address >> registerBits) === 0.U
  io.control.aw.valid := state === register && !reads && mapped && !addressSent
  io.control.aw.bits := address(registerBits - 1, 0)
  io.control.w.valid := state === register && !reads && mapped && !dataSent
  io.control.w.bits.data := value
  io.control.w.bits.strb := 15.U
  io.control.ar.valid := state === register && reads && mapped
  io.control.ar.bits := address(registerBits - 1, 0)
  io.control.b.ready := state === registerAnswer && !reads
  io.control.r.ready := state === registerAnswer && reads
  when(state === register) {
    when(io.control.aw.fire) { addressSent := true.B }
    when(io.control.w.fire) { dataSent := true.B }
    when((addressSent && dataSent) || io.control.ar.fire) { next(registerAnswer) }
    when(!mapped) {
      status := refused.U
      line := 0.U
      next(Mux(reads, bytesOut, ending))
    }
  }
  when(state === registerAnswer) {
    when(io.control.b.fire) {
      when(io.control.b.bits =/= 0.U) { status := refused.U }
      next(ending)
    }
    when(io.control.r.fire) {
      when(io.control.r.bits.resp =/= 0.U) { status := refused.U }
      line := io.control.r.bits.data
      next(bytesOut)
    }
  }

  // Lines: one at a time.
  private val shifted = Cat(io.in.bits, line(8 * Axi4.beatBytes - 1, 8))
  when(state === lineIn && io.in.valid) {
    line := shifted
    count := count + 1.U
    when(count === (Axi4.beatBytes - 1).U) { next(lineAsk) }
  }
  io.read.ar.valid := state === lineAsk && reads
  io.write.aw.valid := state === lineAsk && !reads && !addressSent
  for (a <- Seq(io.read.ar.bits, io.write.aw.bits))
    Axi4.connect(a, 0, address << log2Ceil(Axi4.beatBytes), 1.U)
  io.write.w.valid := state === lineAsk && !reads && !dataSent
  io.write.w.bits.data := line
  io.write.w.bits.strb := Fill(Axi4.beatBytes, 1.U(1.W))
  io.write.w.bits.last := true.B
  io.read.r.ready := state === lineAnswer && reads
  io.write.b.ready := state === lineAnswer && !reads
  when(state === lineAsk) {
    when(io.write.aw.fire) { addressSent := true.B }
    when(io.write.w.fire) { dataSent := true.B }
    when((addressSent && dataSent) || io.read.ar.fire) { next(lineAnswer) }
  }
  private def lineThrough(): Unit = {
    header := Cat(value - 1.U, address + 1.U, opcode)
  }
  when(state === lineAnswer) {
    when(io.write.b.fire) {
      when(io.write.b.bits.resp =/= 0.U) { status := refused.U }
      lineThrough()
      next(Mux(value === 1.U, ending, lineIn))
    }
    when(io.read.r.fire) {
      when(io.read.r.bits.resp =/= 0.U) { status := refused.U }
      line := io.read.r.bits.data
      lineThrough()
      next(bytesOut)
    }
  }

  io.out.valid := state === bytesOut || state === ending
  io.out.bits := Mux(state === ending, status, line(7, 0))
  private val bytes = Mux(ofLines, Axi4.beatBytes.U, 4.U)
  when(state === bytesOut && io.out.fire) {
    line := line >> 8
    count := count + 1.U
    when(count === bytes - 1.U) { next(Mux(ofLines && value =/= 0.U, lineAsk, ending)) }
  }
  when(state === ending && io.out.fire) { next(command) }
}
