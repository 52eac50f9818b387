package io.cipherstream.fpga.top

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.{CoreParameters, InstructionSet}
import io.cipherstream.fpga.shell.{Axi4, Registers}

object Decoder {
  private val ends = InstructionSet.fields.values.map(f => f.offset + f.bytes)

  /** Bytes of a descriptor that hold fields. */
  val fieldBytes: Int = ends.max

  /** The fields from here on are those of operands. */
  val operandsFrom: Int =
    InstructionSet.fields.values.filter(f => f.name.endsWith("-segment") || f.name.endsWith("-line")).map(_.offset).min
}

/** Reads the tables and the descriptors of a program from one stream of lines, checks every descriptor and finds
  * its operands. A bad descriptor ends the program: those before it are finished, those behind it are dropped.
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

    /** Root table of a modulus: its line, from the tables' address. */
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

  io.error.valid := false.B
  io.error.bits := Status.ok.U
  private def fail(code: Int): Unit = {
    io.error.valid := true.B
    io.error.bits := code.U
  }

  // Segment table: four entries a line, one a cycle.
  private val segmentIndex = RegInit(0.U(32.W))
  private val quarter = segmentIndex(1, 0)
  private val raw = io.segmentLines.bits.asTypeOf(Vec(4, UInt(128.W)))(quarter)
  private val segmentEnd = segmentIndex + 1.U === io.segmentCount
  io.segmentLines.ready := quarter === 3.U || segmentEnd
  when(io.segmentLines.valid) {
    val entry = Wire(new SegmentEntry)
    entry.base := raw(Stretch.lineBits - 1, 0)
    entry.lines := raw(95, 64)
    entry.writable := raw(96)
    segments.write(segmentIndex(segmentBits - 1, 0), entry)
    segmentIndex := segmentIndex + 1.U
    when(raw(63, 0) +& raw(95, 64) > io.poolLines) { fail(Status.badArgument) }
  }

  // Modulus table: a line each.
  private val modulusIndex = RegInit(0.U(32.W))
  io.modulusLines.ready := true.B
  when(io.modulusLines.valid) {
    val words = io.modulusLines.bits.asTypeOf(Vec(3, UInt(64.W)))
    val entry = Wire(new ModulusEntry)
    entry.modulus := words(0)(p.wordBits - 1, 0)
    entry.rSquared := words(1)(p.wordBits - 1, 0)
    entry.table := words(2)(31, 0)
    moduli.write(modulusIndex(modulusBits - 1, 0), entry)
    modulusIndex := modulusIndex + 1.U
    val tooLong = (words(0) >> p.wordBits).orR || (words(1) >> p.wordBits).orR || (words(2) >> 32).orR
    when(tooLong) { fail(Status.badArgument) }
  }
  io.tableLine := moduli.read(io.tableOf).table

  // Descriptors: fields, then operands d, a, b in turn, then out.
  private val fields :: operands :: leaving :: Nil = Enum(3)
  private val state = RegInit(fields)
  private val line = Reg(UInt((8 * (Decoder.fieldBytes - Decoder.operandsFrom)).W))
  private val operand = Reg(UInt(2.W))
  private val decoded = Reg(new Decoded(p))
  private val instruction = RegInit(0.U(32.W))
  private def field(from: UInt, name: String, cut: Int = 0): UInt = {
    val f = InstructionSet.fields(name)
    from(f.high - 8 * cut, f.low - 8 * cut)
  }
  private def operandField(name: String): UInt = field(line, name, Decoder.operandsFrom)
  private def uses(opcode: UInt, of: InstructionSet.Instruction => Boolean): Bool =
    VecInit(InstructionSet.instructions.filter(of).map(_.code.U === opcode)).asUInt.orR

  private val incoming = io.descriptorLines.bits
  private val opcode = field(incoming, "opcode")
  private val limbLines = (1.U(17.W) << (io.degreeBits - log2Ceil(InstructionSet.lineWords).U))(16, 0)
  private val n = io.degreeBits
  io.descriptorLines.ready := state === fields
  io.instruction := instruction
  io.busy := state =/= fields

  when(state === fields && io.descriptorLines.valid && !io.stop) {
    line := incoming >> (8 * Decoder.operandsFrom)
    operand := 0.U
    val index = field(incoming, "modulus")
    val source = field(incoming, "source-modulus")
    val repeat = field(incoming, "repeat")
    val galois = field(incoming, "galois")
    val entry = moduli.read(index(modulusBits - 1, 0))
    val shrink = repeat(4, 0) +& repeat(7)
    decoded.isNtt := uses(opcode, i => i.name == "NTT" || i.name == "INTT")
    decoded.opcode := opcode(InstructionSet.opcodeBits - 1, 0)
    decoded.modulusIndex := index(modulusBits - 1, 0)
    decoded.modulus := entry.modulus
    decoded.rSquared := entry.rSquared
    decoded.constant := field(incoming, "constant")(p.wordBits - 1, 0)
    decoded.galois := galois(p.degreeBitsMax, 0)
    decoded.repeat.shift := repeat(4, 0)
    decoded.repeat.mirrored := repeat(7)
    decoded.d.used := uses(opcode, _.writesD)
    decoded.a.used := uses(opcode, _.readsA)
    decoded.b.used := uses(opcode, _.readsB)
    decoded.d.lines := limbLines
    decoded.a.lines := limbLines
    decoded.b.lines := limbLines >> shrink
    state := operands
    when(!uses(opcode, _ => true)) {
      fail(Status.badOpcode)
      state := fields
    }.elsewhen(index >= io.modulusCount || source >= io.modulusCount) {
      fail(Status.badModulus)
      state := fields
    }.elsewhen(
      repeat(6, 5) =/= 0.U || (field(incoming, "constant") >> p.wordBits).orR || shrink > n - log2Ceil(InstructionSet.lineWords).U ||
        (shrink =/= 0.U && !uses(opcode, _.uses.contains('r'))) ||
        (uses(opcode, _.uses.contains('g')) && (!galois(0) || (galois >> (n +& 1.U)).orR))
    ) {
      fail(Status.badField)
      state := fields
    }
  }

  private val names = Seq("d", "a", "b")
  private def chosen(values: Seq[UInt]): UInt = VecInit(values)(operand)
  private val used = chosen(Seq(decoded.d.used, decoded.a.used, decoded.b.used)).asBool
  private val lines = chosen(Seq(decoded.d.lines, decoded.a.lines, decoded.b.lines))
  private val segment = chosen(names.map(x => operandField(s"$x-segment")))
  private val first = chosen(names.map(x => operandField(s"$x-line")))
  private val found = segments.read(segment(segmentBits - 1, 0))
  when(state === operands) {
    val at = found.base + first
    for ((stretch, i) <- Seq(decoded.d, decoded.a, decoded.b).zipWithIndex)
      when(operand === i.U) { stretch.first := at }
    operand := operand + 1.U
    when(operand === 2.U) { state := leaving }
    when(used) {
      when(segment >= io.segmentCount) {
        fail(Status.badSegment)
        state := fields
      }.elsewhen(first +& lines > found.lines) {
        fail(Status.outsideSegment)
        state := fields
      }.elsewhen(operand === 0.U && !found.writable) {
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
