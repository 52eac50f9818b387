package io.cipherstream.fpga.vector

import chisel3._
import chisel3.util._
import io.cipherstream.fpga._
import scala.util.Random

/** The unit between memories, as NttBench. */
class VectorBench(p: CoreParameters, limbs: Int) extends Module {
  private val rows = p.degreeMax / StreamMemories.rowWords * limbs
  private val w = p.wordBits
  val a = IO(new StreamMemories.HostPort(rows, w))
  val b = IO(new StreamMemories.HostPort(rows, w))
  val d = IO(new StreamMemories.HostPort(rows, w))
  val out = IO(new StreamMemories.HostPort(rows, w))
  val gaps = IO(Input(Vec(4, UInt(24.W))))
  val degreeBits = IO(Input(UInt(p.degreeBitsWidth.W)))
  val command = IO(Flipped(Decoupled(new VectorCommand(p))))
  val start = IO(Input(Vec(3, UInt(32.W))))
  val rewind = IO(Input(Bool()))
  val received = IO(Output(UInt(32.W)))
  val cycles = IO(Output(UInt(32.W)))
  val beats = IO(Output(UInt(32.W)))
  val zeros = IO(Output(UInt(32.W)))
  val idle = IO(Output(Bool()))

  private val unit = Module(new VectorUnit(p))
  unit.io.degreeBits := degreeBits
  private val commands = Queue(command, 64)
  unit.io.command <> commands
  for ((port, stream, i) <- Seq((a, unit.io.a, 0), (b, unit.io.b, 1), (d, unit.io.d, 2))) {
    val source = Module(new SourceMemory(w, p.lanes, rows, i + 1))
    source.host <> port
    source.gapMask := gaps(i)
    source.job.valid := start(i) =/= 0.U
    source.job.bits.row := 0.U
    source.job.bits.beats := start(i)
    stream <> source.stream
  }
  private val sink = Module(new SinkMemory(w, p.lanes, rows, 4))
  sink.host <> out
  sink.gapMask := gaps(3)
  sink.rewind := rewind
  sink.stream <> unit.io.out
  received := sink.received
  idle := unit.io.idle && !commands.valid

  private val count = RegInit(0.U(32.W))
  private val busy = RegInit(false.B)
  private val last = RegInit(0.U(32.W))
  private val issued = RegInit(0.U(32.W))
  private val zeroCount = RegInit(0.U(32.W))
  when(unit.io.beatIssued) { busy := true.B }
  when(busy || unit.io.beatIssued) { count := count + 1.U }
  when(unit.io.out.fire) { last := count + 1.U }
  when(unit.io.beatIssued) { issued := issued + 1.U }
  when(unit.io.zeros.valid) { zeroCount := zeroCount + unit.io.zeros.bits }
  when(rewind) {
    count := 0.U
    busy := false.B
    issued := 0.U
    zeroCount := 0.U
  }
  cycles := last
  beats := issued
  zeros := zeroCount
}

/** Random instructions with their operands and results, from the formulas of limb-program.xml. */
object VectorCases {
  case class Case(
      opcode: String,
      q: BigInt,
      constant: BigInt,
      galois: Int,
      shift: Int,
      mirrored: Boolean,
      a: Seq[BigInt],
      b: Seq[BigInt],
      d: Seq[BigInt],
      out: Seq[BigInt],
      zeros: Int
  )

  def random(random: Random, p: CoreParameters, degreeBits: Int, opcode: String, moduli: Seq[BigInt]): Case = {
    val n = 1 << degreeBits
    val q = moduli(random.nextInt(moduli.size))
    val uses = InstructionSet(opcode).uses
    def limb(bound: BigInt) = IndexedSeq.fill(n)(Words.word(random, bound))
    val a = if (uses.contains('a')) limb(if (uses.contains('s')) moduli.max else q) else IndexedSeq()
    val repeats = uses.contains('r') && random.nextBoolean()
    val mirrored = repeats && random.nextBoolean()
    // At least a line of eight words.
    val shift = if (repeats) random.nextInt(degreeBits - 3 + (if (mirrored) 0 else 1)) else 0
    val bWords = n >> (if (mirrored) shift + 1 else shift)
    val b = if (uses.contains('b')) limb(q).take(bWords) else IndexedSeq()
    def bAt(k: Int): BigInt = {
      val r = k >> shift
      b(if (mirrored) math.min(r, (n >> shift) - 1 - r) else r)
    }
    val d = if (uses.contains('D')) limb(q) else IndexedSeq()
    val c = if (uses.contains('c')) Words.word(random, q) else BigInt(0)
    val galois = if (uses.contains('g')) 2 * random.nextInt(n) + 1 else 0
    def reverse(k: Int) = Limbs.bitReverse(k, degreeBits)
    val word: Int => BigInt = opcode match {
      case "MUL"    => k => a(k) * bAt(k) % q
      case "MAC"    => k => (d(k) + a(k) * bAt(k)) % q
      case "ADD"    => k => (a(k) + bAt(k)) % q
      case "SUB"    => k => (a(k) - bAt(k)).mod(q)
      case "NEG"    => k => (-a(k)).mod(q)
      case "SCALE"  => k => c * a(k) % q
      case "ADDC"   => k => (a(k) + c) % q
      case "REDUCE" => k => a(k) % q
      case "MACC"   => k => (d(k) + c * a(k)) % q
      case "PERM" =>
        k => a(reverse((((2L * reverse(k) + 1) * galois % (2 * n) - 1) / 2).toInt))
      case "COPY" => k => a(k)
      case "FILL" => _ => c
      case _      => _ => 0
    }
    val out = if (opcode == "ZEROS") Seq() else Seq.tabulate(n)(word)
    Case(opcode, q, c, galois, shift, mirrored, a, b, d, out, if (opcode == "ZEROS") a.count(_ == 0) else 0)
  }
}
