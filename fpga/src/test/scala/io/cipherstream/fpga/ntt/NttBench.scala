package io.cipherstream.fpga.ntt

import chisel3._
import chisel3.util._
import io.cipherstream.fpga._
import scala.util.Random

/** The unit between memories: all limbs in, all limbs out, cycles counted from the first beat to the last. */
class NttBench(p: CoreParameters, limbs: Int, tables: Int) extends Module {
  private val limbRows = p.degreeMax / StreamMemories.rowWords
  private val w = p.wordBits
  val input = IO(new StreamMemories.HostPort(limbRows * limbs, w))
  val table = IO(new StreamMemories.HostPort(limbRows * tables, w))
  val output = IO(new StreamMemories.HostPort(limbRows * limbs, w))
  val inputGaps = IO(Input(UInt(24.W)))
  val tableGaps = IO(Input(UInt(24.W)))
  val outputGaps = IO(Input(UInt(24.W)))
  val degreeBits = IO(Input(UInt(p.degreeBitsWidth.W)))
  val command = IO(Flipped(Decoupled(new NttCommand(p))))
  val start = IO(Input(UInt(32.W)))
  val clear = IO(Input(Bool()))
  val received = IO(Output(UInt(32.W)))
  val cycles = IO(Output(UInt(32.W)))
  val rows = IO(Output(UInt(32.W)))
  val tablesLoaded = IO(Output(UInt(32.W)))
  val idle = IO(Output(Bool()))

  private val unit = Module(new NttUnit(p))
  private val source = Module(new SourceMemory(w, p.lanes, limbRows * limbs, 1))
  private val tableSource = Module(new SourceMemory(w, p.lanes, limbRows * tables, 2))
  private val sink = Module(new SinkMemory(w, p.lanes, limbRows * limbs, 3))
  unit.io.degreeBits := degreeBits
  unit.io.clearTables := clear
  unit.io.command <> Queue(command, 32)
  source.host <> input
  tableSource.host <> table
  sink.host <> output
  source.gapMask := inputGaps
  tableSource.gapMask := tableGaps
  sink.gapMask := outputGaps
  sink.rewind := start =/= 0.U
  source.job.valid := start =/= 0.U
  source.job.bits.row := 0.U
  source.job.bits.beats := start
  tableSource.job.valid := unit.io.tableRequest.valid
  unit.io.tableRequest.ready := tableSource.job.ready
  private val tableRow = unit.io.tableRequest.bits * limbRows.U
  tableSource.job.bits.row := tableRow(tableSource.job.bits.row.getWidth - 1, 0)
  tableSource.job.bits.beats := (1.U << degreeBits) >> p.laneBits
  unit.io.load <> source.stream
  unit.io.table <> tableSource.stream
  sink.stream <> unit.io.store
  received := sink.received
  idle := unit.io.idle

  private val started = RegInit(false.B)
  private val count = RegInit(0.U(32.W))
  private val rowCount = RegInit(0.U(32.W))
  private val tableCount = RegInit(0.U(32.W))
  private val last = RegInit(0.U(32.W))
  when(source.stream.fire) { started := true.B }
  when(started || source.stream.fire) { count := count + 1.U }
  when(sink.stream.fire) { last := count + 1.U }
  rowCount := rowCount + unit.io.rowIssued.asUInt
  tableCount := tableCount + tableSource.job.fire.asUInt
  when(start =/= 0.U) {
    started := false.B
    count := 0.U
    rowCount := 0.U
    tableCount := 0.U
  }
  cycles := last
  rows := rowCount
  tablesLoaded := tableCount
}

/** Drives the bench: random limbs in, words out. */
trait NttDriver extends StreamDriver { self: org.scalatest.TestSuite =>

  protected case class Limb(inverse: Boolean, table: Int, words: Seq[BigInt])

  /** Random limbs, edge words among them; the inverse ones are transforms, so that both ways have a model. */
  protected def limbs(random: Random, p: CoreParameters, degreeBits: Int, moduli: Seq[BigInt], count: Int) =
    Seq.tabulate(count) { i =>
      val table = random.nextInt(moduli.size)
      val q = moduli(table)
      val words = i match {
        case 0 => Seq.fill(1 << degreeBits)(q - 1)
        case 1 => Seq.fill(1 << degreeBits)(BigInt(0))
        case _ => Seq.fill(1 << degreeBits)(Words.word(random, q))
      }
      val image = Limbs.transform(words, q, degreeBits)
      val inverse = random.nextBoolean()
      (Limb(inverse, table, if (inverse) image else words), if (inverse) words else image)
    }

  protected def setup(dut: NttBench, p: CoreParameters, degreeBits: Int, moduli: Seq[BigInt]): Unit = {
    dut.degreeBits.poke(degreeBits)
    for (gaps <- Seq(dut.inputGaps, dut.tableGaps, dut.outputGaps)) gaps.poke(0)
    for ((q, i) <- moduli.zipWithIndex)
      writeRows(
        dut.table,
        dut.clock,
        Limbs.table(q, degreeBits, p.montgomeryBits),
        i * (p.degreeMax / StreamMemories.rowWords),
        p.wordBits
      )
    dut.clear.poke(true)
    dut.clock.step()
    dut.clear.poke(false)
  }

  protected def begin(dut: NttBench, p: CoreParameters, moduli: Seq[BigInt], batch: Seq[Limb]): Unit = {
    writeRows(dut.input, dut.clock, batch.flatMap(_.words), 0, p.wordBits)
    dut.start.poke(batch.map(_.words.size).sum / p.lanes)
    dut.clock.step()
    dut.start.poke(0)
    dut.command.valid.poke(true)
    for (limb <- batch) {
      dut.command.bits.inverse.poke(limb.inverse)
      dut.command.bits.modulusIndex.poke(limb.table)
      dut.command.bits.modulus.poke(moduli(limb.table))
      dut.clock.step()
    }
    dut.command.valid.poke(false)
  }

  /** Runs a batch, returns its words. */
  protected def run(dut: NttBench, p: CoreParameters, moduli: Seq[BigInt], batch: Seq[Limb]): Seq[BigInt] = {
    begin(dut, p, moduli, batch)
    val beats = batch.map(_.words.size).sum / p.lanes
    var rounds = 0
    while (dut.received.peek().litValue < beats) {
      dut.clock.step(500)
      rounds += 1
      assert(rounds < 4000, "the unit hangs")
    }
    dut.clock.step(4)
    assert(dut.idle.peek().litToBoolean)
    readRows(dut.output, dut.clock, beats * p.lanes / StreamMemories.rowWords, p.wordBits)
  }
}
