package io.cipherstream.fpga.vector

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.{CoreParameters, InstructionSet}
import io.cipherstream.fpga.arith.{Delay, ModularMultiplier, Residue}

/** An instruction of the vector unit; operands come and go as streams. */
class VectorCommand(p: CoreParameters) extends Bundle {
  val opcode = UInt(InstructionSet.opcodeBits.W)
  val modulus = UInt(p.wordBits.W)

  /** R^2 mod q, R the Montgomery factor. */
  val rSquared = UInt(p.wordBits.W)
  val constant = UInt(p.wordBits.W)
  val galois = UInt((p.degreeBitsMax + 1).W)
  val repeat = new RepeatNote
}

object VectorUnit {

  /** Cycles from a beat's issue to its result in the outgoing queue. */
  def latency(p: CoreParameters): Int = ModularMultiplier.latency(p) + 2

  /** Beats that may be between issue and the out port. */
  def depth(p: CoreParameters): Int = 1 << log2Ceil(latency(p) + 4)

  /** The instructions it knows. */
  val instructions: Seq[String] =
    Seq("MUL", "MAC", "ADD", "SUB", "NEG", "SCALE", "ADDC", "REDUCE", "PERM", "COPY", "FILL", "ZEROS", "MACC")
}

/** Word-wise instructions, permutations and counts with P lanes, in the order of the commands, a beat of P
  * words a cycle when operands come and results go as fast.
  */
class VectorUnit(p: CoreParameters) extends Module {
  private def words = Vec(p.lanes, UInt(p.wordBits.W))
  private val beatBits = log2Ceil(p.groupsMax)

  val io = IO(new Bundle {
    val degreeBits = Input(UInt(p.degreeBitsWidth.W))
    val command = Flipped(Decoupled(new VectorCommand(p)))
    val a = Flipped(Decoupled(words))
    val b = Flipped(Decoupled(words))
    val d = Flipped(Decoupled(words))
    val out = Decoupled(words)

    /** Zero words of a beat of ZEROS. */
    val zeros = Valid(UInt(log2Ceil(p.lanes + 1).W))

    /** Pulses with the last beat of ZEROS, which has no result to wait for. */
    val counted = Output(Bool())

    /** Whether P lanes take a beat in this cycle. */
    val beatIssued = Output(Bool())
    val idle = Output(Bool())
  })

  private def is(opcode: UInt, names: String*): Bool =
    names.map(n => opcode === InstructionSet(n).code.U).reduce(_ || _)
  private def reads(opcode: UInt, use: Char): Bool = is(
    opcode,
    VectorUnit.instructions.filter(InstructionSet(_).uses.contains(use)): _*
  )
  private def permuted(opcode: UInt): Bool = is(opcode, "PERM")
  private def directA(opcode: UInt): Bool = reads(opcode, 'a') && !permuted(opcode)
  private def repeated(c: VectorCommand): Bool = reads(c.opcode, 'b') && (c.repeat.shift =/= 0.U || c.repeat.mirrored)

  // Prepare: operands that are read in another order are buffered first. A port is taken for that only when
  // no earlier command still reads it.
  private class Issue extends Bundle {
    val opcode = UInt(InstructionSet.opcodeBits.W)
    val modulus = UInt(p.wordBits.W)
    val rSquared = UInt(p.wordBits.W)
    val constant = UInt(p.wordBits.W)
    val repeated = Bool()
  }
  private val issueQueue = Module(new Queue(new Issue, 2))
  private val waitingA = RegInit(0.U(2.W))
  private val waitingB = RegInit(0.U(2.W))
  private val permuter = Module(new Permuted(p))
  private val repeater = Module(new Repeated(p))
  private val next = io.command.bits
  private val groups = ((1.U << io.degreeBits) >> p.laneBits)(beatBits, 0)
  permuter.io.degreeBits := io.degreeBits
  repeater.io.degreeBits := io.degreeBits

  private val repeatWords = ((1.U << io.degreeBits) >> (next.repeat.shift +& next.repeat.mirrored.asUInt))(p.indexBits, 0)
  private val repeatBeats = ((repeatWords + (p.lanes - 1).U) >> p.laneBits).asUInt.max(1.U)
  permuter.io.begin.bits.beats := groups
  permuter.io.begin.bits.note := next.galois
  repeater.io.begin.bits.beats := repeatBeats(repeater.io.begin.bits.beats.getWidth - 1, 0)
  repeater.io.begin.bits.note := next.repeat

  private val filling = permuter.io.filling || repeater.io.filling
  private val mayPass = io.command.valid && !filling && issueQueue.io.enq.ready
  permuter.io.begin.valid := mayPass && permuted(next.opcode) && waitingA === 0.U
  repeater.io.begin.valid := mayPass && repeated(next) && waitingB === 0.U
  private val passes = mayPass && MuxCase(
    true.B,
    Seq(permuted(next.opcode) -> permuter.io.begin.fire, repeated(next) -> repeater.io.begin.fire)
  )
  io.command.ready := passes
  issueQueue.io.enq.valid := passes
  issueQueue.io.enq.bits.opcode := next.opcode
  issueQueue.io.enq.bits.modulus := next.modulus
  issueQueue.io.enq.bits.rSquared := next.rSquared
  issueQueue.io.enq.bits.constant := next.constant
  issueQueue.io.enq.bits.repeated := repeated(next)

  // Issue: a beat a cycle.
  private val current = issueQueue.io.deq.bits
  private val beat = RegInit(0.U(beatBits.W))
  private val inFlight = RegInit(0.U(log2Ceil(VectorUnit.depth(p) + 1).W))
  private val needsA = reads(current.opcode, 'a')
  private val needsB = reads(current.opcode, 'b')
  private val directB = needsB && !current.repeated
  private val needsD = reads(current.opcode, 'D')
  private val writes = !is(current.opcode, "ZEROS")
  private val a = Mux(permuted(current.opcode), permuter.io.out.bits, io.a.bits)
  private val b = Mux(current.repeated, repeater.io.out.bits, io.b.bits)
  private val aValid = Mux(permuted(current.opcode), permuter.io.out.valid, io.a.valid && !permuter.io.filling)
  private val bValid = Mux(current.repeated, repeater.io.out.valid, io.b.valid && !repeater.io.filling)
  private val issue = issueQueue.io.deq.valid && (aValid || !needsA) && (bValid || !needsB) &&
    (io.d.valid || !needsD) && (inFlight < VectorUnit.depth(p).U || !writes)
  private val lastBeat = beat === (groups - 1.U)(beatBits - 1, 0)
  private val finished = issue && lastBeat
  issueQueue.io.deq.ready := finished
  when(issue) { beat := Mux(lastBeat, 0.U, beat + 1.U) }
  waitingA := waitingA + (passes && directA(next.opcode)).asUInt - (finished && directA(current.opcode)).asUInt
  waitingB := waitingB + (passes && reads(next.opcode, 'b') && !repeated(next)).asUInt - (finished && directB).asUInt
  permuter.io.out.ready := issue && permuted(current.opcode)
  repeater.io.out.ready := issue && current.repeated
  permuter.io.fill.valid := io.a.valid
  permuter.io.fill.bits := io.a.bits
  repeater.io.fill.valid := io.b.valid
  repeater.io.fill.bits := io.b.bits
  io.a.ready := Mux(permuter.io.filling, permuter.io.fill.ready, issue && directA(current.opcode))
  io.b.ready := Mux(repeater.io.filling, repeater.io.fill.ready, issue && directB)
  io.d.ready := issue && needsD
  io.beatIssued := issue

  // Zero words: counted on the way in, nothing leaves.
  io.zeros.valid := RegNext(issue && !writes, false.B)
  io.counted := RegNext(finished && !writes, false.B)
  io.zeros.bits := RegNext(PopCount(a.map(_ === 0.U)))

  // Lanes. One line of words waits beside the multiplier on each side of the last sum.
  private def step(x: UInt): UInt = Delay.step(x, p.wordBits)
  private val usesProduct = is(current.opcode, "MUL", "MAC", "SCALE", "REDUCE", "MACC")
  private val usesConstant = is(current.opcode, "SCALE", "ADDC", "FILL", "MACC")
  private val multiplier = Module(new ModularMultiplier(p, p.lanes))
  private val latency = ModularMultiplier.latency(p)
  private val left = a.map(step)
  private val right = b.map(x => step(Mux(usesConstant, current.constant, Mux(needsB, x, Residue.one(p.wordBits)))))
  private val added = right.zip(io.d.bits).map { case (r, x) => Mux(RegNext(needsD), step(x), r) }
  private val q = step(current.modulus)
  multiplier.io.a := VecInit(left)
  multiplier.io.b := VecInit(right)
  multiplier.io.modulus := q
  multiplier.io.rSquared := step(current.rSquared)

  private val sum :: difference :: negation :: leftOnly :: rightOnly :: Nil = Enum(5)
  private val last = MuxCase(
    leftOnly,
    Seq(
      is(current.opcode, "MAC", "MACC", "ADD", "ADDC") -> sum,
      is(current.opcode, "SUB") -> difference,
      is(current.opcode, "NEG") -> negation,
      is(current.opcode, "FILL") -> rightOnly
    )
  )
  private val travelling = Delay(Seq(q, Delay.step(last, 3), Delay.step(usesProduct.asUInt, 1)), latency)
  private val leftLater = Delay(left, latency)
  private val addedLater = Delay(added, latency)
  private val valid = Delay.flag(issue && writes, 1 + latency)
  private val outgoing = Module(new Queue(words, VectorUnit.depth(p)))
  outgoing.io.enq.valid := RegNext(valid, false.B)
  for (lane <- 0 until p.lanes) {
    val x = Mux(travelling(2).asBool, multiplier.io.product(lane), leftLater(lane))
    val y = addedLater(lane)
    val modulus = travelling(0)
    outgoing.io.enq.bits(lane) := step(
      MuxLookup(travelling(1), x)(
        Seq(
          sum -> Residue.add(x, y, modulus),
          difference -> Residue.subtract(x, y, modulus),
          negation -> Residue.negate(x, modulus),
          rightOnly -> y
        )
      )
    )
  }
  assert(!outgoing.io.enq.valid || outgoing.io.enq.ready, "a result is lost")
  inFlight := inFlight + (issue && writes).asUInt - io.out.fire.asUInt
  io.out <> outgoing.io.deq
  io.idle := !issueQueue.io.deq.valid && inFlight === 0.U && !filling && !io.zeros.valid
}
