package io.cipherstream.fpga.cluster

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.arith.Delay

object Scoreboard {

  /** Cycles from an event to a query that may be asked then and knows of it. */
  val settles: Int = 5
}

/** What is known of each slot: whether a writer is pending, whether that is the other cluster, how many readers are left; and of the
  * other cluster's slots whether a result is on its way to them.
  *
  * @param readers units' readers that leave slots
  * @param writers units, and the link, that finish slots
  */
class Scoreboard(p: ClusterParameters, asked: Int, remoteAsked: Int, readers: Int, writers: Int) extends Module {
  private def slot = UInt(p.slotBits.W)
  private val countBits = 12
  val io = IO(new Bundle {

    /** A writer of a slot is dispatched; it is the other cluster. */
    val writes = Input(Valid(slot))
    val receives = Input(Bool())

    /** A reader of a slot is dispatched. */
    val reads = Input(Valid(slot))

    /** An operation that sends to a slot of the other cluster is dispatched; the result has arrived there. */
    val sends = Input(Valid(slot))
    val sent = Input(Valid(slot))
    val left = Vec(readers, Flipped(Decoupled(slot)))
    val done = Vec(writers, Flipped(Decoupled(slot)))

    /** Whether a writer was pending two cycles ago. */
    val queries = Vec(asked, new Bundle {
      val slot = Input(UInt(p.slotBits.W))
      val pending = Output(Bool())
    })

    /** Whether the other cluster was awaited two cycles ago. */
    val expected = Vec(remoteAsked, new Bundle {
      val slot = Input(UInt(p.slotBits.W))
      val expects = Output(Bool())
    })

    /** Whether a slot here has neither writer nor readers, and whether nothing is on its way to a slot there; two cycles later. */
    val d = Input(slot)
    val free = Output(Bool())
    val remote = Input(slot)
    val remoteFree = Output(Bool())

    /** A program has failed: nothing is waited for any more. Forgets everything; only while nothing is dispatched. */
    val failed = Input(Bool())
    val clear = Input(Bool())

    /** No reader is left anywhere: those of a long sum of products leave one by one behind its result. */
    val quiet = Output(Bool())
  })
  private val pending = RegInit(VecInit.fill(p.slots)(false.B))
  private val receiving = RegInit(VecInit.fill(p.slots)(false.B))
  private val sending = RegInit(VecInit.fill(p.slots)(false.B))
  private val counts = RegInit(VecInit.fill(p.slots)(0.U(countBits.W)))

  private def oneOf(events: Vec[DecoupledIO[UInt]]): ValidIO[UInt] = {
    val arbiter = Module(new RRArbiter(UInt(p.slotBits.W), events.size))
    arbiter.io.in.zip(events).foreach { case (in, e) => in <> Queue(e, 2) }
    arbiter.io.out.ready := true.B
    // Who goes first is a path of its own, and so is the slot's number to its bit.
    val event = Wire(Valid(UInt(p.slotBits.W)))
    event.valid := RegNext(arbiter.io.out.valid, false.B)
    event.bits := Delay.step(arbiter.io.out.bits, p.slotBits)
    event
  }
  private def slots(event: ValidIO[UInt]): UInt = {
    val chosen = RegInit(0.U(p.slots.W))
    chosen := Mux(event.valid, UIntToOH(event.bits, p.slots), 0.U)
    chosen
  }
  private val leaves = slots(oneOf(io.left))
  private val finished = slots(oneOf(io.done))
  private val (begun, read, sends, sent) = (slots(io.writes), slots(io.reads), slots(io.sends), slots(io.sent))
  private val receives = RegNext(io.receives, false.B)
  for (s <- 0 until p.slots) {
    when(finished(s)) {
      assert(pending(s) || io.failed, "a slot is finished that nothing writes")
      pending(s) := false.B
      receiving(s) := false.B
    }
    when(begun(s)) {
      assert(!pending(s), "a slot has two writers")
      pending(s) := true.B
      receiving(s) := receives
    }
    when(sent(s)) { sending(s) := false.B }
    when(sends(s)) { sending(s) := true.B }
    when(read(s) =/= leaves(s)) { counts(s) := Mux(read(s), counts(s) + 1.U, counts(s) - 1.U) }
    assert(!(leaves(s) && counts(s) === 0.U), "a reader leaves that was not counted")
  }
  when(io.clear) {
    for (bits <- Seq(pending, receiving, sending)) bits.foreach(_ := false.B)
    assert(!VecInit(counts.map(_ =/= 0.U)).asUInt.orR, "slots are forgotten that are read")
  }
  io.quiet := RegNext(!VecInit(counts.map(c => RegNext(c =/= 0.U, false.B))).asUInt.orR, true.B)
  private val busy = VecInit(pending.zip(counts).map { case (w, c) => RegNext(w || c =/= 0.U, false.B) })
  for (q <- io.queries) q.pending := RegNext(pending(RegNext(q.slot)) && !io.failed)
  for (q <- io.expected) q.expects := RegNext(receiving(RegNext(q.slot)) || io.failed)
  io.free := RegNext(!busy(RegNext(io.d)))
  io.remoteFree := RegNext(!sending(RegNext(io.remote)))
}
