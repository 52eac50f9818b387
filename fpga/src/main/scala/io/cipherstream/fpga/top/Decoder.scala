package io.cipherstream.fpga.top

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.{CoreParameters, InstructionSet}
import io.cipherstream.fpga.arith.Delay
import io.cipherstream.fpga.shell.{Axi4, Registers}

object Decoder {

  /** Bytes of a descriptor that hold fields. */
  val fieldBytes: Int = InstructionSet.fields.values.map(f => f.offset + f.bytes).max
}

/** Reads the tables and the descriptors of a program from one stream of lines, checks every descriptor and finds
  * its operands. A bad descriptor ends the program: those before it are finished, those behind it are dropped. A descriptor
  * takes eleven cycles: what is looked up stands in registers before it is compared.
  */
class Decoder(p: CoreParameters) extends Module {
  import Registers.Status

  val io = IO(new Bundle {
    val segmentCount = Input(UInt(32.W))
    val modulusCount = Input(UInt(32.W))
    val poolLines = Input(UInt(64.W))

    /** log2 N, once it is known to fit. */
    val degreeBits = Input(UInt(5.W))

    /** Lines in this order, none of length zero; of a modulus' line only the words that mean something. */
    val segmentLines = Flipped(Decoupled(UInt((8 * Axi4.beatBytes).W)))
    val modulusLines = Flipped(Decoupled(UInt((3 * 64).W)))
    val descriptorLines = Flipped(Decoupled(UInt((Decoder.fieldBytes * 8).W)))
    val clear = Input(Bool())

    /** Drops descriptors from now on. */
    val stop = Input(Bool())
    val out = Decoupled(new Decoded(p))

    /** Pulses with a bad argument or descriptor. */
    val error = Valid(UInt(8.W))

    /** Number of the descriptor that is being looked at. */
    val instruction = Output(UInt(32.W))
    val busy = Output(Bool())

    /** Root table of a modulus: its line, from the tables' address, a cycle later. */
    val tableOf = Input(UInt(log2Ceil(p.moduli).max(1).W))
    val tableLine = Output(UInt(32.W))
  })

  private class SegmentEntry extends Bundle {
    val base = UInt(Stretch.lineBits.W)
    val lines = UInt(32.W)
    val writable = Bool()
  }
  private class ModulusEntry extends Bundle {
    val modulus = UInt(p.wordBits.W)
    val rSquared = UInt(p.wordBits.W)
    val table = UInt(32.W)
  }
  private val segments = Mem(p.segments, new SegmentEntry)
  private val moduli = Mem(p.moduli, new ModulusEntry)
  private val segmentBits = log2Ceil(p.segments).max(1)
  private val modulusBits = log2Ceil(p.moduli).max(1)

  private val error = RegInit(false.B)
  private val code = Reg(UInt(8.W))
  error := false.B
  io.error.valid := error
  io.error.bits := code
  private def fail(status: Int): Unit = {
    error := true.B
    code := status.U
  }

  // Segment table: four entries a line, one a cycle. An entry is stored, its end found, then compared with the pool's.
  private val segmentIndex = RegInit(0.U((segmentBits + 1).W))
  private val quarter = segmentIndex(1, 0)
  private val raw = Delay.step(io.segmentLines.bits.asTypeOf(Vec(4, UInt(128.W)))(quarter)(96, 0), 97)
  private val rawIndex = Delay.step(segmentIndex(segmentBits - 1, 0), segmentBits)
  private val rawValid = RegNext(io.segmentLines.valid, false.B)
  private val segmentEnd = segmentIndex + 1.U === io.segmentCount(segmentBits, 0)
  io.segmentLines.ready := quarter === 3.U || segmentEnd
  when(io.segmentLines.valid) { segmentIndex := segmentIndex + 1.U }
  when(rawValid) {
    val entry = Wire(new SegmentEntry)
    entry.base := raw(Stretch.lineBits - 1, 0)
    entry.lines := raw(95, 64)
    entry.writable := raw(96)
    segments.write(rawIndex, entry)
  }
  private val end = Delay.step(raw(63, 0) +& raw(95, 64), 65)
  private val endValid = RegNext(rawValid, false.B)
  when(endValid && end > io.poolLines) { fail(Status.badArgument) }

  // Modulus table: a line each.
  private val modulusIndex = RegInit(0.U(modulusBits.W))
  io.modulusLines.ready := true.B
  private val words = RegNext(io.modulusLines.bits.asTypeOf(Vec(3, UInt(64.W))))
  private val wordsIndex = Delay.step(modulusIndex, modulusBits)
  private val wordsValid = RegNext(io.modulusLines.valid, false.B)
  when(io.modulusLines.valid) { modulusIndex := modulusIndex + 1.U }
  when(wordsValid) {
    val entry = Wire(new ModulusEntry)
    entry.modulus := words(0)(p.wordBits - 1, 0)
    entry.rSquared := words(1)(p.wordBits - 1, 0)
    entry.table := words(2)(31, 0)
    moduli.write(wordsIndex, entry)
    val tooLong = (words(0) >> p.wordBits).orR || (words(1) >> p.wordBits).orR || (words(2) >> 32).orR
    when(tooLong) { fail(Status.badArgument) }
  }
  io.tableLine := RegNext(moduli.read(io.tableOf).table)

  // Descriptors: fields, what they mean, whether they may; then operands d, a, b in a row through three steps; then out.
  private val fields :: meaning :: judging :: operands :: leaving :: Nil = Enum(5)
  private val state = RegInit(fields)
  private val line = Reg(UInt((8 * Decoder.fieldBytes).W))
  private val step = Reg(UInt(3.W))
  private val decoded = Reg(new Decoded(p))
  private val instruction = RegInit(0.U(32.W))
  private def field(name: String): UInt = {
    val f = InstructionSet.fields(name)
    line(f.high, f.low)
  }
  private val opcode = field("opcode")
  private def uses(of: InstructionSet.Instruction => Boolean): Bool =
    VecInit(InstructionSet.instructions.filter(of).map(_.code.U === opcode)).asUInt.orR

  private val lineShift = log2Ceil(InstructionSet.lineWords)
  private val limbLines = Delay.step((1.U(17.W) << (io.degreeBits - lineShift.U))(16, 0), 17)
  // Galois elements are below 2N: bits that must be clear.
  private val galoisBits = 8 * InstructionSet.fields("galois").bytes
  private val overGalois = Delay.step(VecInit.tabulate(galoisBits)(i => i.U > io.degreeBits).asUInt, galoisBits)
  private val shrinkMost = Delay.step(io.degreeBits - lineShift.U, 5)
  // Until the core knows of an error, nothing more is taken.
  io.descriptorLines.ready := state === fields && !error
  io.instruction := instruction
  io.busy := state =/= fields || rawValid || endValid || wordsValid || error

  when(io.descriptorLines.fire && !io.stop) {
    line := io.descriptorLines.bits
    state := meaning
  }

  // What the fields mean, and in what way they may be wrong.
  private val (index, source) = (field("modulus"), field("source-modulus"))
  private val (repeat, galois) = (field("repeat"), field("galois"))
  private val entry = RegNext(moduli.read(index(modulusBits - 1, 0)))
  private val shrink = RegNext(repeat(4, 0) +& repeat(7))
  private val known = RegNext(uses(_ => true))
  private val indexFits = RegNext(index < io.modulusCount)
  private val sourceFits = RegNext(source < io.modulusCount)
  private val constantLong = RegNext((field("constant") >> p.wordBits).orR)
  private val repeats = RegNext(uses(_.uses.contains('r')))
  private val badGalois = RegNext(uses(_.uses.contains('g')) && (!galois(0) || (galois & overGalois).orR))
  private val usesOf = Seq(RegNext(uses(_.writesD)), RegNext(uses(_.readsA)), RegNext(uses(_.readsB)))
  private val transforms = RegNext(uses(i => i.name == "NTT" || i.name == "INTT"))
  when(state === meaning) { state := judging }
  when(state === judging) {
    decoded.isNtt := transforms
    decoded.opcode := opcode(InstructionSet.opcodeBits - 1, 0)
    decoded.modulusIndex := index(modulusBits - 1, 0)
    decoded.modulus := entry.modulus
    decoded.rSquared := entry.rSquared
    decoded.constant := field("constant")(p.wordBits - 1, 0)
    decoded.galois := galois(p.degreeBitsMax, 0)
    decoded.repeat.shift := repeat(4, 0)
    decoded.repeat.mirrored := repeat(7)
    decoded.d.used := usesOf(0)
    decoded.a.used := usesOf(1)
    decoded.b.used := usesOf(2)
    decoded.d.lines := limbLines
    decoded.a.lines := limbLines
    decoded.b.lines := limbLines >> shrink
    step := 0.U
    state := operands
    when(!known) {
      fail(Status.badOpcode)
      state := fields
    }.elsewhen(!indexFits || !sourceFits) {
      fail(Status.badModulus)
      state := fields
    }.elsewhen(repeat(6, 5) =/= 0.U || constantLong || shrink > shrinkMost || (shrink =/= 0.U && !repeats) || badGalois) {
      fail(Status.badField)
      state := fields
    }
  }

  // Step 1: an operand's fields. Step 2: its segment leaves the memory. Step 3: the line behind it. Step 4: its place, and
  // whether it may be there.
  private val names = Seq("d", "a", "b")
  private val stretches = Seq(decoded.d, decoded.a, decoded.b)
  private def chosen[T <: Data](values: Seq[T]): T =
    RegNext(MuxLookup(step, values.last)(values.init.zipWithIndex.map { case (v, i) => i.U -> v }))
  private val used1 = chosen(stretches.map(_.used))
  private val lines1 = chosen(stretches.map(_.lines))
  private val segment1 = chosen(names.map(x => field(s"$x-segment")))
  private val first1 = chosen(names.map(x => field(s"$x-line")))

  private val found2 = RegNext(segments.read(segment1(segmentBits - 1, 0)))
  private val exists2 = RegNext(segment1 < io.segmentCount)
  private val (used2, lines2, first2) = (RegNext(used1), RegNext(lines1), RegNext(first1))

  private val found3 = RegNext(found2)
  private val behind3 = Delay.step(first2 +& lines2, 33)
  private val (used3, exists3, first3) = (RegNext(used2), RegNext(exists2), RegNext(first2))

  private val at4 = RegNext(found3.base + first3)
  private val outside4 = RegNext(behind3 > found3.lines)
  private val readOnly4 = RegNext(!found3.writable)
  private val (used4, exists4) = (RegNext(used3), RegNext(exists3))
  when(state === operands) {
    step := step + 1.U
    // Operand i stands at step 4 when `step` is i + 4.
    for ((stretch, i) <- stretches.zipWithIndex) when(step === (i + 4).U) { stretch.first := at4 }
    when(step === 6.U) { state := leaving }
    when(step >= 4.U && used4) {
      when(!exists4) {
        fail(Status.badSegment)
        state := fields
      }.elsewhen(outside4) {
        fail(Status.outsideSegment)
        state := fields
      }.elsewhen(step === 4.U && readOnly4) {
        fail(Status.readOnlySegment)
        state := fields
      }
    }
  }
  io.out.valid := state === leaving
  io.out.bits := decoded
  when(io.out.fire) {
    state := fields
    instruction := instruction + 1.U
  }

  when(io.clear) {
    segmentIndex := 0.U
    modulusIndex := 0.U
    instruction := 0.U
    state := fields
  }
}
