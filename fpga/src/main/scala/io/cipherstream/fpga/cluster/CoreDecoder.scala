package io.cipherstream.fpga.cluster

import io.cipherstream.fpga.CoreSet
import chisel3._
import chisel3.util._
import io.cipherstream.fpga.arith.Delay
import io.cipherstream.fpga.shell.Registers

/** Reads a stream of operations, checks each operation and its terms and finds its operands. The first bad one ends the program.
  *
  * @param cluster whose stream it is
  * @param clusters how many share programs, 1 or 2
  */
class CoreDecoder(p: ClusterParameters, cluster: Int, clusters: Int) extends CoreTables(p) {
  import Registers.Status

  // Operations.
  private val fields :: looking :: working :: termLine :: termFields :: termLooking :: leaving :: Nil = Enum(7)
  private val state = RegInit(fields)
  private val step = Reg(UInt(3.W))
  private val line = Reg(UInt(512.W))
  private val lastLine = Reg(Bool())
  private val instruction = RegInit(0.U(32.W))
  private val read = RegInit(0.U(32.W))
  private val op = Reg(new Operation(p))
  private val ring = RegInit(0.U(DotTerm.ringBits.W))
  private val inRing = RegInit(0.U((DotTerm.ringBits + 1).W))
  private def of(name: String): UInt = {
    val f = CoreSet.fields(name)
    line(f.high, f.low)
  }
  private val opcode = of("opcode")
  private def uses(what: Char): Bool = RegNext(
    VecInit(CoreSet.operations.filter(_.uses.contains(what)).map(_.code.U === opcode) :+ false.B).asUInt.orR
  )
  private def is(name: String): Bool = RegNext(opcode === CoreSet(name).code.U)
  private def slot(field: UInt): SlotRef = {
    val ref = Wire(new SlotRef(p))
    ref.used := field =/= CoreSet.slotNone.U
    ref.slot := field(p.slotBits - 1, 0)
    ref
  }
  private def badSlot(field: UInt): Bool = field =/= CoreSet.slotNone.U && field >= p.slots.U
  private val dSlots = of("d-slots").asTypeOf(Vec(CoreSet.clustersMax, UInt(16.W)))
  private val others = dSlots.zipWithIndex.collect { case (d, c) if c >= clusters => d =/= CoreSet.slotNone.U }
  private val flags = of("flags")
  private def flag(name: String) = flags(CoreSet.flags(name))
  private val galois = of("galois")
  // Nobody sends to an only cluster.
  private val allowed = CoreSet.operations.filter(o => clusters > 1 || o.name != "RECEIVE")
  private val known = RegNext(VecInit(allowed.map(_.code.U === opcode)).asUInt.orR)
  private val memoryA = RegNext(flag("MEMORY_A"))
  private val (isLoad, isStore, isDot, isMap, isEnd) = (is("LOAD"), is("STORE"), is("DOT"), is("MAP"), is("END"))
  private val modulusFits = RegNext(
    of("modulus") < io.modulusCount && (!flag("REDUCE") || of("source-modulus") < io.modulusCount)
  )
  private val badSlots = RegNext(
    (Seq("a-slot", "x-slot", "y-slot").map(n => badSlot(of(n))) ++ dSlots.map(badSlot) ++ others).reduce(_ || _)
  )
  private val overGalois = Delay.step(VecInit.tabulate(32)(i => i.U > io.degreeBits).asUInt, 32)
  private val badGalois = RegNext(galois =/= 0.U && (!galois(0) || (galois & overGalois).orR))
  private val badConstants = RegNext(Seq("pre-constant", "scale", "constant").map(n => (of(n) >> p.wordBits).orR).reduce(_ || _))
  private val repeat = of("repeat")
  private val badRepeat = RegNext(repeat(6, 5).orR || tooShort(repeat(4, 0), repeat(7)))
  private val badTerms = RegNext(of("terms") === 0.U || of("terms") > CoreSet.termsMax.U)
  private val badOther = RegNext(
    of("tag") >= CoreSet.tags.U || (flags >> CoreSet.flagBits).orR || (flag("MEMORY_A") && opcode =/= CoreSet("MAP").code.U)
  )
  private val (usesModulus, usesResult, usesA) = (uses('m'), uses('d'), uses('a'))
  private val lineUsed = RegNext(of("a-slot") =/= CoreSet.slotNone.U)
  private val modulus = RegNext(RegNext(moduli.read(of("modulus")(modulusBits - 1, 0))))
  private val reads = RegNext(isLoad || isStore || (isMap && memoryA))

  /** The first of what is wrong, a cycle later; 0 if nothing is. */
  private def firstWrong(wrong: (Bool, Int)*): UInt =
    RegNext(wrong.foldRight(0.U(8.W)) { case ((is, status), others) => Mux(is, status.U, others) })
  private val badFields = RegNext(
    badSlots || badGalois || badConstants || badRepeat || badOther || (isDot && badTerms) || (isStore && !lineUsed)
  )
  private val verdict = firstWrong(
    (!known || isEnd =/= lastLine) -> Status.badOpcode,
    (usesModulus && !modulusFits) -> Status.badModulus,
    badFields -> Status.badField,
    (reads && !exists) -> Status.badSegment,
    (reads && outside) -> Status.outsideSegment,
    (reads && isStore && readOnly) -> Status.readOnlySegment
  )

  io.lines.ready := (state === fields || state === termLine) && !error
  io.instruction := instruction
  io.busy := state =/= fields || rawValid || endValid || modulusStep =/= 0.U || error
  when(io.lines.fire) {
    line := io.lines.bits.data
    lastLine := io.lines.bits.last
    read := read + 1.U
    step := 0.U
    when(state === fields && !io.stop) {
      state := looking
      instruction := read
    }
    when(state === termLine) { state := termFields }
  }
  when(state === looking) {
    step := step + 1.U
    when(step === 0.U) {
      atSegment := of("segment")
      atLine := of("line")
      atShift := Mux(flag("MEMORY_A"), repeat(4, 0) +& repeat(7), 0.U)
    }
    when(step === 6.U) {
      state := working
      step := 0.U
      op.opcode := opcode(CoreSet.opcodeBits - 1, 0)
      op.flags := Mux(usesModulus && !isDot, flags(CoreSet.flagBits - 1, 0), 0.U)
      op.modulusIndex := of("modulus")(modulusBits - 1, 0)
      op.modulus := modulus.modulus
      op.one := modulus.one
      op.sum := modulus.sum
      op.preConstant := of("pre-constant")(p.wordBits - 1, 0)
      op.constant := Mux(flag("ADD_CONSTANT"), of("constant")(p.wordBits - 1, 0), 0.U)
      op.a := slot(of("a-slot"))
      op.x := slot(of("x-slot"))
      op.y := slot(of("y-slot"))
      op.a.used := usesA && lineUsed && !(isMap && memoryA)
      op.x.used := of("x-slot") =/= CoreSet.slotNone.U && usesModulus && !isDot && flag("SUBTRACT")
      op.y.used := of("y-slot") =/= CoreSet.slotNone.U && usesModulus && !isDot && flag("ADD")
      op.d := slot(dSlots(cluster))
      op.d.used := usesResult && dSlots(cluster) =/= CoreSet.slotNone.U
      op.remote := slot(dSlots(1 - cluster))
      op.remote.used := (clusters == 2).B && usesResult && dSlots(1 - cluster) =/= CoreSet.slotNone.U &&
        opcode =/= CoreSet("RECEIVE").code.U
      val element = Mux(galois === 0.U, 1.U, galois(core.degreeBitsMax, 0))
      op.galois := element
      op.inverse := element
      op.tag := of("tag")(log2Ceil(CoreSet.tags) - 1, 0)
      op.waits := Cat(of("waits") >> 1, 0.U(1.W))
      op.terms := of("terms")(log2Ceil(CoreSet.termsMax), 0)
      op.first := ring
      op.streams := false.B
      op.address := address
      op.lines := atLines
      op.repeatShift := repeat(4, 0)
      op.mirrored := repeat(7)
      multiply(of("scale")(p.wordBits - 1, 0), modulus.rSquared, modulus.modulus)
      when(verdict =/= 0.U) {
        fail(verdict)
        state := fields
      }
    }
  }

  // 1/g by Newton's steps: g is its own inverse modulo 8, and each step doubles the bits. Beside it c2 R.
  private val newton = Reg(UInt(4.W))
  private val (squared, left, times) = (Reg(op.galois.cloneType), Reg(op.galois.cloneType), Reg(op.galois.cloneType))
  when(state === looking) { newton := 0.U }
  private val newtonSteps = 4 * log2Ceil((core.degreeBitsMax + 3) / 3)
  when(state === working) {
    val phase = newton
    when(newton =/= newtonSteps.U) {
      newton := newton + 1.U
      // A product leaves its multiplier for a register that has no other source.
      squared := (op.galois * op.inverse)(core.degreeBitsMax, 0)
      left := 2.U - squared
      times := (op.inverse * left)(core.degreeBitsMax, 0)
      when(phase(1, 0) === 3.U) { op.inverse := times }
    }.elsewhen(productHere) {
      op.scale := result
      state := Mux(isDot, termLine, leaving)
    }
  }

  // Terms: four a line.
  private val term = Reg(UInt(log2Ceil(CoreSet.termsMax + 1).W))
  private val fields_ = VecInit.tabulate(CoreSet.lineTerms)(i => line(128 * i + 127, 128 * i))(term(1, 0))
  private val raw_ = Reg(UInt(128.W))
  private def ofTerm(name: String): UInt = {
    val f = CoreSet.fields(s"term-$name")
    raw_(f.high, f.low)
  }
  private val (kind, termRepeat) = (ofTerm("kind"), ofTerm("repeat"))
  private val isMemory = RegNext(kind === DotTerm.memory.U)
  private val badTerm = RegNext(
    kind > DotTerm.constant.U || ofTerm("a-slot") >= p.slots.U || (kind === DotTerm.slot.U && ofTerm("b") >= p.slots.U) ||
      (kind === DotTerm.constant.U && (ofTerm("value") >> p.wordBits).orR) ||
      (kind === DotTerm.memory.U && (termRepeat(6, 5).orR || tooShort(termRepeat(4, 0), termRepeat(7)) || (ofTerm("value") >> 32).orR))
  )
  private val lastOfDot = RegNext(term + 1.U === op.terms)
  private val lastOfLine = RegNext(term(1, 0) === (CoreSet.lineTerms - 1).U)
  private val termVerdict = firstWrong(
    badTerm -> Status.badField,
    (isMemory && !exists) -> Status.badSegment,
    (isMemory && outside) -> Status.outsideSegment,
    // Behind its terms there is always a line: END at least.
    (lastLine && (lastOfDot || lastOfLine)) -> Status.badOpcode
  )
  private val written = Wire(Bool())
  written := false.B
  when(state === looking) { term := 0.U }
  when(state === termFields) {
    raw_ := fields_
    step := 0.U
    // Terms of earlier operations leave the ring in time.
    when(inRing < ((1 << DotTerm.ringBits) - 2).U) { state := termLooking }
  }
  when(state === termLooking) {
    step := step + 1.U
    when(step === 0.U) {
      atSegment := ofTerm("b")
      atLine := ofTerm("value")(31, 0)
      atShift := termRepeat(4, 0) +& termRepeat(7)
    }
    when(step === 6.U) {
      written := true.B
      term := term + 1.U
      ring := ring + 1.U
      when(isMemory) { op.streams := true.B }
      state := Mux(lastOfDot, leaving, Mux(lastOfLine, termLine, termFields))
      when(termVerdict =/= 0.U) {
        fail(termVerdict)
        state := fields
      }
    }
  }
  io.term.valid := RegNext(written, false.B)
  io.term.bits.at := RegNext(ring)
  private val decoded = Wire(new DotTerm(p))
  decoded.kind := kind(1, 0)
  decoded.a := ofTerm("a-slot")(p.slotBits - 1, 0)
  decoded.b := ofTerm("b")(p.slotBits - 1, 0)
  decoded.value := Mux(isMemory, address, ofTerm("value"))
  decoded.repeatShift := termRepeat(4, 0)
  decoded.mirrored := termRepeat(7)
  io.term.bits.term := RegNext(decoded)
  inRing := inRing + written.asUInt - Mux(io.freed.valid, io.freed.bits, 0.U)

  io.out.valid := state === leaving
  io.out.bits := op
  when(io.out.fire) { state := fields }
  // What is wrong with a table is said of line 0.
  when(io.clearModuli || io.clearSegments) { instruction := 0.U }
  when(io.begin) {
    read := 0.U
    instruction := 0.U
    ring := 0.U
    inRing := 0.U
    state := fields
  }
}
