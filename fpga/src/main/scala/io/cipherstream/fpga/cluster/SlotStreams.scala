package io.cipherstream.fpga.cluster

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.arith.Delay

/** Reads slots through port B, a limb after the other, Q words a cycle. Rows are asked for as far ahead as there is room. */
class SlotReader(p: ClusterParameters) extends Module {
  private val ahead = if (p.parts < 4) 16 else 8
  val io = IO(new Bundle {
    val degreeBits = Input(UInt(p.core.degreeBitsWidth.W))
    val start = Flipped(Decoupled(UInt(p.slotBits.W)))
    val request = Decoupled(UInt((p.slotBits + p.rowBits).W))
    val row = Input(Valid(p.row))
    val out = Decoupled(p.block)

    /** A slot of which the last row is here. */
    val left = Valid(UInt(p.slotBits.W))
  })
  private val lastRow = SlotStreams.lastRow(p, io.degreeBits)
  private val active = RegInit(false.B)
  private val slot = Reg(UInt(p.slotBits.W))
  private val row = RegInit(0.U(p.rowBits.W))
  private val held = RegInit(0.U(log2Ceil(ahead + 1).W))
  private val queue = Module(new Queue(p.row, ahead))
  private val reading = Module(new Queue(UInt(p.slotBits.W), 4))

  io.start.ready := !active && reading.io.enq.ready
  reading.io.enq.valid := io.start.fire
  reading.io.enq.bits := io.start.bits
  when(io.start.fire) {
    active := true.B
    slot := io.start.bits
    row := 0.U
  }
  private val requests = Module(new Queue(UInt((p.slotBits + p.rowBits).W), 2))
  requests.io.enq.valid := active && held =/= ahead.U
  requests.io.enq.bits := Cat(slot, row)
  io.request <> requests.io.deq
  when(requests.io.enq.fire) {
    row := row + 1.U
    when(row === lastRow) { active := false.B }
  }
  held := held + requests.io.enq.fire.asUInt - queue.io.deq.fire.asUInt
  queue.io.enq.valid := io.row.valid
  queue.io.enq.bits := io.row.bits
  assert(!io.row.valid || queue.io.enq.ready, "a row that there is no room for")

  private val arrived = RegInit(0.U(p.rowBits.W))
  private val last = io.row.valid && arrived === lastRow
  when(io.row.valid) { arrived := Mux(last, 0.U, arrived + 1.U) }
  reading.io.deq.ready := last
  io.left.valid := last
  io.left.bits := reading.io.deq.bits

  io.out.valid := queue.io.deq.valid
  if (p.parts == 1) {
    io.out.bits := queue.io.deq.bits
    queue.io.deq.ready := io.out.ready
  } else {
    val part = RegInit(0.U(log2Ceil(p.parts).W))
    when(io.out.fire) { part := part + 1.U }
    io.out.bits := VecInit(queue.io.deq.bits.grouped(p.streamWords).map(VecInit(_)).toSeq)(part)
    queue.io.deq.ready := io.out.ready && part === (p.parts - 1).U
  }
}

/** Where a stream of words goes: slots, and how it is permuted on the way. */
class Destination(p: ClusterParameters) extends Bundle {
  val d = new SlotRef(p)
  val remote = new SlotRef(p)
  val galois = UInt((p.core.degreeBitsMax + 1).W)
  val inverse = UInt((p.core.degreeBitsMax + 1).W)

  def of(op: Operation): Unit = {
    d := op.d
    remote := op.remote
    galois := op.galois
    inverse := op.inverse
  }
}

/** A row on its way to another cluster. */
class LinkRow(p: ClusterParameters) extends Bundle {
  val slot = UInt(p.slotBits.W)
  val write = new RowWrite(p)
  val last = Bool()
}

/** Writes slots through port B, a limb after the other, a block of words a cycle, permuted: d[k] = v[pi(k)].
  *
  * With J = bitrev(j), word j goes to the place k of bitrev(k) = J/g + (1/g)/2 modulo N, 1/g modulo 2N. All words of
  * a block go to one block; blocks of a row go to one row.
  *
  * @param width words of a block
  */
class SlotWriter(p: ClusterParameters, width: Int) extends Module {
  private val parts = p.products / width
  private val laneBits = log2Ceil(width)
  private val blockBits = p.core.degreeBitsMax - laneBits
  private def blockOf = Vec(width, p.word)
  private val rowsAhead = 4 + 12 / parts
  private val g = p.core.degreeBitsMax + 1
  private val partBits = log2Ceil(parts)
  val io = IO(new Bundle {
    val degreeBits = Input(UInt(p.core.degreeBitsWidth.W))
    val start = Flipped(Decoupled(new Destination(p)))
    val in = Flipped(Decoupled(blockOf))
    val request = Decoupled(new RowWrite(p))
    val link = Decoupled(new LinkRow(p))

    /** A limb of which the last row has left. */
    val done = Valid(new SlotRef(p))
  })
  private val blockWidth = Delay.step(io.degreeBits - laneBits.U, p.core.degreeBitsWidth)
  private val blockMask = Delay.step(((1.U << blockWidth) - 1.U)(blockBits - 1, 0), blockBits)
  private val lastRow = SlotStreams.lastRow(p, io.degreeBits)

  /** The lowest `blockWidth` bits turned round. */
  private def reversed(x: UInt): UInt =
    (Reverse(x(blockBits - 1, 0)) >> (blockBits.U - blockWidth))(blockBits - 1, 0)

  // The limb that comes in; limbs that go out, in order.
  private val active = RegInit(false.B)
  private val to = Reg(new Destination(p))
  private val block = RegInit(0.U(blockBits.W))
  private val leaving = Module(new Queue(new Destination(p), 4))
  io.start.ready := !active && leaving.io.enq.ready
  leaving.io.enq.valid := io.start.fire
  leaving.io.enq.bits := io.start.bits
  when(io.start.fire) {
    active := true.B
    to := io.start.bits
    block := 0.U
  }
  private val under = RegInit(0.U(log2Ceil(rowsAhead + 1).W))
  private val begins = if (parts == 1) true.B else block(partBits.max(1) - 1, 0) === 0.U
  io.in.ready := active && (!begins || under =/= rowsAhead.U)
  when(io.in.fire) {
    block := block + 1.U
    when(block === blockMask) { active := false.B }
  }

  // A block's place, a step a cycle. The limb's numbers stay until its last block has passed the steps.
  private val fires = io.in.fire
  private val words = Seq.iterate(io.in.bits, 6)(x => RegNext(x))
  private val reverse1 = Delay.step(reversed(block), blockBits)
  private val inverse1 = Delay.step(to.inverse, g)
  private val galois1 = Delay.step(to.galois, g)
  private val product2 = Delay.step((reverse1 * inverse1)(g - 1, 0), g)
  private val half2 = Delay.step(inverse1 >> 1, g - 1)
  private val galois2 = Delay.step(galois1, g)
  private val base3 = Delay.step((product2 + half2)(g - 1, 0), g)
  private val galois3 = Delay.step(galois2, g)
  private val place4 = Delay.step(reversed(base3 & blockMask), blockBits)
  private def lane(x: UInt): UInt = x(laneBits - 1, 0)
  private val moved =
    if (laneBits == 0) words(4)
    else {
      // Lane l takes the lane s of bitrev(s) = g (bitrev(l) - high).
      val high = Delay.step(lane(base3 >> blockWidth), laneBits)
      val galois4 = Delay.step(lane(galois3), laneBits)
      val turned = Delay.step(lane(galois4 * high), laneBits)
      val multiples = Seq.tabulate(width) { l =>
        Delay.step(lane(galois4 * (Integer.reverse(l) >>> (32 - laneBits)).U(laneBits.W)), laneBits)
      }
      VecInit(multiples.map(m => words(5)(Reverse(lane(m - turned)))))
    }
  private val steps = if (laneBits == 0) 4 else 5
  private val place = Seq.iterate(place4, steps - 3)(x => Delay.step(x, blockBits)).last
  private val here = Delay.flag(fires, steps)

  // Blocks gather in a row.
  private val gathered = Reg(Vec(parts, blockOf))
  private val row = Reg(UInt(p.rowBits.W))
  private val filled = RegInit(0.U(partBits.max(1).W))
  private val whole = here && (if (parts == 1) true.B else filled === (parts - 1).U)
  when(here) {
    if (parts == 1) gathered(0) := moved else gathered(place(partBits - 1, 0)) := moved
    row := place >> partBits
    if (parts > 1) filled := filled + 1.U
  }
  private val rows = Module(new Queue(new RowWrite(p), rowsAhead))
  rows.io.enq.valid := RegNext(whole, false.B)
  rows.io.enq.bits.address := row
  rows.io.enq.bits.row := gathered.asTypeOf(p.row)
  assert(!rows.io.enq.valid || rows.io.enq.ready, "a row that there is no room for")
  under := under + (fires && begins).asUInt - rows.io.deq.fire.asUInt

  // A row leaves to its slot here and over the link.
  private val goes = leaving.io.deq.bits
  private val out = rows.io.deq
  private val left = RegInit(0.U(p.rowBits.W))
  private val last = left === lastRow
  private val sentHere = RegInit(false.B)
  private val sentThere = RegInit(false.B)
  private val here_ = !goes.d.used || sentHere || io.request.ready
  private val there_ = !goes.remote.used || sentThere || io.link.ready
  io.request.valid := out.valid && goes.d.used && !sentHere
  io.request.bits.address := Cat(goes.d.slot, out.bits.address(p.rowBits - 1, 0))
  io.request.bits.row := out.bits.row
  io.link.valid := out.valid && goes.remote.used && !sentThere
  io.link.bits.slot := goes.remote.slot
  io.link.bits.write.address := Cat(goes.remote.slot, out.bits.address(p.rowBits - 1, 0))
  io.link.bits.write.row := out.bits.row
  io.link.bits.last := last
  out.ready := here_ && there_
  when(out.fire) {
    sentHere := false.B
    sentThere := false.B
    left := Mux(last, 0.U, left + 1.U)
  }.elsewhen(out.valid) {
    sentHere := sentHere || io.request.fire
    sentThere := sentThere || io.link.fire
  }
  leaving.io.deq.ready := out.fire && last
  // The row is in the memory a few cycles later.
  private val settled = Scratchpad.latencyB
  io.done.valid := Delay.flag(out.fire && last, settled)
  io.done.bits := Delay(goes.d.asUInt, settled).asTypeOf(new SlotRef(p))
}

object SlotStreams {

  /** Number of a limb's last row. */
  def lastRow(p: ClusterParameters, degreeBits: UInt): UInt =
    Delay.step((((1.U << degreeBits) >> p.productBits)(p.rowBits, 0) - 1.U)(p.rowBits - 1, 0), p.rowBits)
}
