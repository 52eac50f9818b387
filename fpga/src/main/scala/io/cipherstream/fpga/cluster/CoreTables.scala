package io.cipherstream.fpga.cluster

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.CoreSet
import io.cipherstream.fpga.arith.{Delay, MontgomeryMultiplier}
import io.cipherstream.fpga.shell.{Line, Registers}

/** The tables of a program: reads and checks the segment table and the modulus table, says where operands lie, and has the one
  * multiplier that constants are made with.
  */
abstract class CoreTables(p: ClusterParameters) extends Module {
  import Registers.Status
  protected val core = p.core
  protected val lineShift = log2Ceil(CoreSet.lineWords)
  val io = IO(new Bundle {
    val segmentCount = Input(UInt(32.W))
    val modulusCount = Input(UInt(32.W))
    val poolLines = Input(UInt(64.W))
    val pool = Input(UInt(64.W))
    val degreeBits = Input(UInt(5.W))

    /** Lines of the segment table, of the modulus table, of the stream. */
    val segmentLines = Flipped(Decoupled(UInt(512.W)))
    val modulusLines = Flipped(Decoupled(UInt(192.W)))
    val lines = Flipped(Decoupled(new Line))

    /** A segment table, a modulus table begins. */
    val clearSegments = Input(Bool())
    val clearModuli = Input(Bool())

    /** A stream begins; drops it from now on. */
    val begin = Input(Bool())
    val stop = Input(Bool())
    val out = Decoupled(new Operation(p))

    /** Terms to their ring, and how many places are free again. */
    val term = Valid(new Bundle {
      val at = UInt(DotTerm.ringBits.W)
      val term = new DotTerm(p)
    })
    val freed = Input(Valid(UInt(log2Ceil(CoreSet.termsMax + 1).W)))
    val error = Valid(UInt(8.W))

    /** Line of the stream of the operation that is looked at. */
    val instruction = Output(UInt(32.W))
    val busy = Output(Bool())

    /** Root table of a modulus: its line from the tables' address, two cycles later. */
    val tableOf = Input(UInt(log2Ceil(core.moduli).max(1).W))
    val tableLine = Output(UInt(32.W))
  })
  protected val segmentBits = log2Ceil(core.segments).max(1)
  protected val modulusBits = log2Ceil(core.moduli).max(1)
  protected val poolLineBits = 58
  protected class SegmentEntry extends Bundle {
    val base = UInt(poolLineBits.W)
    val lines = UInt(32.W)
    val writable = Bool()
  }
  protected class ModulusEntry extends Bundle {
    val modulus = p.word
    val rSquared = p.word
    val one = p.word
    val sum = p.word
    val table = UInt(32.W)
  }
  protected val segments = Mem(core.segments, new SegmentEntry)
  protected val moduli = Mem(core.moduli, new ModulusEntry)
  protected val error = RegInit(false.B)
  protected val code = Reg(UInt(8.W))
  error := false.B
  io.error.valid := error
  io.error.bits := code
  protected def fail(status: Int): Unit = fail(status.U)
  protected def fail(status: UInt): Unit = {
    error := true.B
    code := status
  }

  // One product a / R at a time; the result stands as long as its factors do.
  protected val product = Module(new MontgomeryMultiplier(core, 1))
  protected val productWait = MontgomeryMultiplier.latency(core) + 2
  protected val (factorA, factorB, factorModulus) = (Reg(p.word), Reg(p.word), Reg(p.word))
  protected val multiplying = RegInit(0.U(log2Ceil(productWait + 1).W))
  product.io.a(0) := factorA
  product.io.b(0) := factorB
  product.io.modulus := factorModulus
  when(multiplying =/= 0.U) { multiplying := multiplying - 1.U }
  protected def multiply(a: UInt, b: UInt, modulus: UInt): Unit = {
    factorA := a
    factorB := b
    factorModulus := modulus
    multiplying := productWait.U
  }
  protected val productHere = multiplying === 0.U
  protected val result = product.io.product(0)

  // Segment table: four entries a line.
  protected val segmentIndex = RegInit(0.U((segmentBits + 1).W))
  protected val quarter = segmentIndex(1, 0)
  protected val raw = Delay.step(io.segmentLines.bits.asTypeOf(Vec(4, UInt(128.W)))(quarter)(96, 0), 97)
  protected val rawIndex = Delay.step(segmentIndex(segmentBits - 1, 0), segmentBits)
  protected val rawValid = RegNext(io.segmentLines.valid, false.B)
  io.segmentLines.ready := quarter === 3.U || segmentIndex + 1.U === io.segmentCount(segmentBits, 0)
  when(io.segmentLines.valid) { segmentIndex := segmentIndex + 1.U }
  when(rawValid) {
    val entry = Wire(new SegmentEntry)
    entry.base := raw(poolLineBits - 1, 0)
    entry.lines := raw(95, 64)
    entry.writable := raw(96)
    segments.write(rawIndex, entry)
  }
  protected val end = Delay.step(raw(63, 0) +& raw(95, 64), 65)
  protected val endValid = RegNext(rawValid, false.B)
  when(endValid && end > io.poolLines) { fail(Status.badArgument) }

  // Modulus table: a line each. What products and sums need follows from R^2: R, R 2^k, R^2 2^k.
  protected val modulusIndex = RegInit(0.U(modulusBits.W))
  protected val modulusStep = RegInit(0.U(2.W))
  protected val entry = Reg(new ModulusEntry)
  protected val digit = (BigInt(1) << core.digitBits).U(p.wordBits.W)
  io.modulusLines.ready := modulusStep === 0.U
  when(io.modulusLines.fire) {
    val words = io.modulusLines.bits.asTypeOf(Vec(3, UInt(64.W)))
    entry.modulus := words(0)(p.wordBits - 1, 0)
    entry.rSquared := words(1)(p.wordBits - 1, 0)
    entry.table := words(2)(31, 0)
    when((words(0) >> p.wordBits).orR || (words(1) >> p.wordBits).orR || (words(2) >> 32).orR) { fail(Status.badArgument) }
    multiply(words(1)(p.wordBits - 1, 0), 1.U, words(0)(p.wordBits - 1, 0))
    modulusStep := 1.U
  }
  when(modulusStep =/= 0.U && productHere) {
    modulusStep := modulusStep + 1.U
    when(modulusStep === 1.U) {
      entry.one := result
      multiply(entry.rSquared, digit, entry.modulus)
    }
    when(modulusStep === 2.U) { multiply(entry.rSquared, result, entry.modulus) }
    when(modulusStep === 3.U) {
      val whole = WireInit(entry)
      whole.sum := result
      moduli.write(modulusIndex, whole)
      modulusIndex := modulusIndex + 1.U
    }
  }
  io.tableLine := RegNext(RegNext(moduli.read(io.tableOf).table))
  when(io.clearSegments) { segmentIndex := 0.U }
  when(io.clearModuli) { modulusIndex := 0.U }

  // Where an operand lies: segment, line and how often its lines are halved in a register; what is known of it five cycles later.
  protected val (atSegment, atLine, atShift) = (Reg(UInt(32.W)), Reg(UInt(32.W)), Reg(UInt(6.W)))
  protected val limbLines = Delay.step((1.U << (io.degreeBits - lineShift.U))(core.degreeBitsMax - 3, 0), core.degreeBitsMax - 2)
  protected val atLines = Delay.step(limbLines >> atShift, core.degreeBitsMax - 2)
  // The memory's own register, then one more: no path leads from it through logic.
  protected val found = RegNext(RegNext(segments.read(atSegment(segmentBits - 1, 0))))
  protected val exists = RegNext(RegNext(atSegment < io.segmentCount))
  protected val behind = Delay.step(atLine +& atLines, 33)
  protected val first = Delay.step(found.base + atLine, poolLineBits)
  protected val outside = RegNext(behind > found.lines)
  protected val address = Delay.step(io.pool + Cat(first, 0.U((64 - poolLineBits).W)), 64)
  protected val readOnly = RegNext(!found.writable)
  protected def tooShort(shift: UInt, mirrored: UInt) = shift +& mirrored > io.degreeBits - lineShift.U
}
