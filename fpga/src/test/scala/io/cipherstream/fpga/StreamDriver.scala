package io.cipherstream.fpga

import chisel3._

/** What the drivers of stream benches share. */
trait StreamDriver extends Simulation { self: org.scalatest.TestSuite =>

  /** Few multiplier tiles: a small model. */
  protected val quick: MultiplierShape = MultiplierShape(32, 32, 4)

  protected def writeRows(port: StreamMemories.HostPort, clock: Clock, words: Seq[BigInt], first: Int, bits: Int): Unit = {
    port.write.poke(true)
    for ((row, i) <- words.grouped(StreamMemories.rowWords).zipWithIndex) {
      port.address.poke(first + i)
      port.data.poke(Words.pack(row, bits))
      clock.step()
    }
    port.write.poke(false)
  }

  protected def readRows(port: StreamMemories.HostPort, clock: Clock, rows: Int, bits: Int): Seq[BigInt] =
    (0 until rows).flatMap { row =>
      port.address.poke(row)
      clock.step()
      Words.unpack(port.read.peek().litValue, bits, StreamMemories.rowWords)
    }

  protected def check(got: Seq[BigInt], expected: Seq[BigInt], what: String): Unit = {
    assert(got.size == expected.size)
    val wrong = got.iterator.zip(expected.iterator).zipWithIndex.collect { case ((g, e), i) if g != e => i }.toSeq
    assert(wrong.isEmpty, s"$what: ${wrong.size} of ${got.size} words differ, first at ${wrong.headOption}")
  }
}
