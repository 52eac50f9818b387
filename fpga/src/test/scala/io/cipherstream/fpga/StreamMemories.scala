package io.cipherstream.fpga

import chisel3._
import chisel3.util._
import chisel3.util.random.LFSR

/** Memories that feed and collect streams at the speed of hardware, so that a test exchanges only whole rows
  * with the simulator. A row is `rowWords` words.
  */
object StreamMemories {
  val rowWords = 64

  class HostPort(rows: Int, wordBits: Int) extends Bundle {
    val address = Input(UInt(log2Ceil(rows).max(1).W))
    val write = Input(Bool())
    val data = Input(UInt((rowWords * wordBits).W))
    val read = Output(UInt((rowWords * wordBits).W))
  }

  /** A gate that is open always (mask 0) or at random, the rarer the more bits the mask has. */
  def gate(mask: UInt, seed: Int): Bool = (LFSR(24, seed = Some(BigInt(seed))) & mask) === 0.U
}

/** Sends words from its memory. A job is a row to begin at and a number of beats. */
class SourceMemory(wordBits: Int, lanes: Int, rows: Int, seed: Int) extends Module {
  import StreamMemories._
  private val beats = rowWords / lanes

  val host = IO(new HostPort(rows, wordBits))
  val gapMask = IO(Input(UInt(24.W)))
  val job = IO(Flipped(Decoupled(new Bundle {
    val row = UInt(log2Ceil(rows).max(1).W)
    val beats = UInt(32.W)
  })))
  val stream = IO(Decoupled(Vec(lanes, UInt(wordBits.W))))

  private val memory = SyncReadMem(rows, UInt((rowWords * wordBits).W))
  when(host.write) { memory.write(host.address, host.data) }
  host.read := 0.U

  private val left = RegInit(0.U(32.W))
  private val row = Reg(UInt(log2Ceil(rows).max(1).W))
  private val beat = Reg(UInt(log2Ceil(beats).max(1).W))
  private val fetched = RegInit(false.B)
  job.ready := left === 0.U
  when(job.fire) {
    left := job.bits.beats
    row := job.bits.row
    beat := 0.U
    fetched := false.B
  }
  private val lastBeat = beat === (beats - 1).U
  private val advance = stream.fire && lastBeat
  private val words = memory.read(row + advance.asUInt).asTypeOf(Vec(beats, Vec(lanes, UInt(wordBits.W))))
  when(left =/= 0.U) { fetched := true.B }
  stream.valid := left =/= 0.U && fetched && gate(gapMask, seed)
  stream.bits := words(if (beats == 1) 0.U else beat)
  when(stream.fire) {
    left := left - 1.U
    beat := beat + 1.U
    when(lastBeat) {
      beat := 0.U
      row := row + 1.U
    }
  }
}

/** Collects words into its memory from row 0 on. */
class SinkMemory(wordBits: Int, lanes: Int, rows: Int, seed: Int) extends Module {
  import StreamMemories._
  private val beats = rowWords / lanes

  val host = IO(new HostPort(rows, wordBits))
  val rewind = IO(Input(Bool()))
  val gapMask = IO(Input(UInt(24.W)))
  val stream = IO(Flipped(Decoupled(Vec(lanes, UInt(wordBits.W)))))
  val received = IO(Output(UInt(32.W)))

  private val memory = SyncReadMem(rows, UInt((rowWords * wordBits).W))
  private val parts = Reg(Vec(beats, UInt((lanes * wordBits).W)))
  private val count = RegInit(0.U(32.W))
  received := count
  stream.ready := gate(gapMask, seed)
  private val beat = count(log2Ceil(beats).max(1) - 1, 0)
  when(stream.fire) {
    count := count + 1.U
    if (beats > 1) parts(beat) := stream.bits.asUInt
    when((beat === (beats - 1).U) || (beats == 1).B) {
      val row = VecInit(parts.init :+ stream.bits.asUInt).asUInt
      memory.write(if (beats == 1) count else count >> log2Ceil(beats), row)
    }
  }
  when(rewind) { count := 0.U }
  host.read := memory.read(host.address)
}
