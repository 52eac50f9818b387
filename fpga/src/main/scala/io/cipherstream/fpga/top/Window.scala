package io.cipherstream.fpga.top

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.{CoreParameters, InstructionSet}
import io.cipherstream.fpga.vector.RepeatNote

/** A stretch of the pool that an instruction reads or writes. */
class Stretch extends Bundle {
  val used = Bool()
  val first = UInt(Stretch.lineBits.W)
  val lines = UInt(17.W)

  def overlaps(other: Stretch): Bool = used && other.used &&
    first < (other.first +& other.lines) && other.first < (first +& lines)
}

object Stretch {

  /** Bits of a line number within the pool: 4 TiB. */
  val lineBits = 36
}

/** An instruction whose fields are checked and whose operands are found. */
class Decoded(p: CoreParameters) extends Bundle {
  val isNtt = Bool()
  val opcode = UInt(InstructionSet.opcodeBits.W)
  val modulusIndex = UInt(log2Ceil(p.moduli).max(1).W)
  val modulus = UInt(p.wordBits.W)
  val rSquared = UInt(p.wordBits.W)
  val constant = UInt(p.wordBits.W)
  val galois = UInt((p.degreeBitsMax + 1).W)
  val repeat = new RepeatNote
  val d = new Stretch
  val a = new Stretch
  val b = new Stretch
}

/** The instructions that are not finished. An instruction starts as soon as none of the earlier ones in the
  * window stands in its way (one writes what the other reads or writes), the oldest first in each unit.
  *
  * On entry an instruction is compared with one entry a cycle: instructions take hundreds of cycles, and one
  * comparator is enough.
  */
class Window(p: CoreParameters) extends Module {
  private val size = p.window
  require((size & (size - 1)) == 0, s"window of $size: expected a power of two")
  private val indexBits = log2Ceil(size)

  val io = IO(new Bundle {
    val insert = Flipped(Decoupled(new Decoded(p)))

    /** Instructions that may start: NTT unit, vector unit. */
    val start = Vec(
      2,
      Decoupled(new Bundle {
        val index = UInt(indexBits.W)
        val instruction = new Decoded(p)
      })
    )

    /** Instructions that are finished: NTT unit, vector unit's writes, vector unit's counts. */
    val done = Vec(3, Flipped(Valid(UInt(indexBits.W))))
    val empty = Output(Bool())
  })

  private val valid = RegInit(VecInit.fill(size)(false.B))
  private val started = Reg(Vec(size, Bool()))
  private val unit = Reg(Vec(size, Bool()))
  private val blockers = Reg(Vec(size, UInt(size.W)))
  private val instructions = Mem(size, new Decoded(p))
  private val tail = RegInit(0.U(indexBits.W))

  private val doneMask = io.done.map(d => Mux(d.valid, UIntToOH(d.bits, size), 0.U(size.W))).reduce(_ | _)
  for (i <- 0 until size) {
    when(doneMask(i)) {
      assert(valid(i) && started(i), "an instruction that was not started is finished")
      valid(i) := false.B
    }
    blockers(i) := blockers(i) & ~doneMask
  }

  // Entry: one comparison a cycle, then into the slot behind the newest.
  private val comparing = RegInit(0.U((indexBits + 1).W))
  private val found = RegInit(0.U(size.W))
  private val compared = comparing === size.U
  private val other = instructions.read(comparing(indexBits - 1, 0))
  private val fresh = io.insert.bits
  private val conflict = Seq(
    fresh.d.overlaps(other.d),
    fresh.d.overlaps(other.a),
    fresh.d.overlaps(other.b),
    fresh.a.overlaps(other.d),
    fresh.b.overlaps(other.d)
  ).reduce(_ || _) && valid(comparing(indexBits - 1, 0))
  io.insert.ready := compared && !valid(tail)
  when(io.insert.valid && !compared) {
    found := (found | (conflict << comparing(indexBits - 1, 0)).asUInt) & ~doneMask
    comparing := comparing + 1.U
  }.otherwise {
    found := found & ~doneMask
  }
  when(io.insert.fire) {
    instructions.write(tail, fresh)
    valid(tail) := true.B
    started(tail) := false.B
    unit(tail) := !fresh.isNtt
    blockers(tail) := found & ~doneMask
    tail := tail + 1.U
    comparing := 0.U
    found := 0.U
  }

  for (u <- 0 until 2) {
    val chosen = RegInit(false.B)
    val index = Reg(UInt(indexBits.W))
    val able = VecInit.tabulate(size)(i => valid(i) && !started(i) && unit(i) === (u == 1).B && blockers(i) === 0.U)
    val byAge = (Cat(able.asUInt, able.asUInt) >> tail)(size - 1, 0)
    when(!chosen && byAge.orR) {
      chosen := true.B
      index := tail + PriorityEncoder(byAge)
    }
    io.start(u).valid := chosen
    io.start(u).bits.index := index
    io.start(u).bits.instruction := instructions.read(index)
    when(io.start(u).fire) {
      chosen := false.B
      started(index) := true.B
    }
  }
  io.empty := !valid.asUInt.orR && !io.insert.valid
}
