package io.cipherstream.fpga.board

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.StreamDriver
import io.cipherstream.fpga.cluster.ClusterParameters

/** A card and the host's end of its serial line; what the card sends waits in a queue. */
class SerialBench(p: ClusterParameters, lines: Int, ticks: Int) extends Module {
  private val card = Module(new SerialCard(p, lines, ticks))
  private val transmitter = Module(new UartTransmitter(ticks))
  private val receiver = Module(new UartReceiver(ticks))
  private val received = Module(new Queue(UInt(8.W), 1 << 17, useSyncReadMem = true))
  val in = IO(Flipped(Decoupled(UInt(8.W))))
  val out = IO(Decoupled(UInt(8.W)))
  val interrupt = IO(Output(Bool()))
  transmitter.io.in <> in
  card.io.receive := transmitter.io.line
  receiver.io.line := card.io.transmit
  received.io.enq.valid := receiver.io.out.valid
  received.io.enq.bits := receiver.io.out.bits
  assert(!received.io.enq.valid || received.io.enq.ready)
  out <> received.io.deq
  interrupt := card.io.interrupt
}

/** Speaks the bridge's language. */
trait SerialDriver extends StreamDriver { self: org.scalatest.TestSuite =>

  /** Clock cycles of a bit: few, for a short test. */
  protected val ticks = 4
  private val byteCycles = 10 * ticks + 1

  protected def reset(dut: SerialBench): Unit = {
    dut.in.valid.poke(false)
    dut.out.ready.poke(false)
    dut.reset.poke(true)
    dut.clock.step(4)
    dut.reset.poke(false)
    dut.clock.step(2 * ticks)
  }

  protected def send(dut: SerialBench, bytes: Seq[Int]): Unit = {
    dut.in.valid.poke(true)
    for (byte <- bytes) {
      dut.in.bits.poke(byte)
      dut.clock.step(byteCycles)
    }
    dut.in.valid.poke(false)
  }

  /** That many bytes from the card; waits for them. */
  protected def receive(dut: SerialBench, count: Int): IndexedSeq[Int] = {
    val out = IndexedSeq.newBuilder[Int]
    for (_ <- 0 until count) {
      var waits = 0
      while (!dut.out.valid.peek().litToBoolean) {
        dut.clock.step(byteCycles)
        waits += 1
        assert(waits < 1000, "the card does not answer")
      }
      out += dut.out.bits.peek().litValue.toInt
      dut.out.ready.poke(true)
      dut.clock.step()
      dut.out.ready.poke(false)
    }
    out.result()
  }

  protected def nothingMore(dut: SerialBench): Unit = {
    dut.clock.step(3 * byteCycles)
    assert(!dut.out.valid.peek().litToBoolean, "a byte that nobody asked for")
  }

  private def littleEndian(value: Long, bytes: Int): Seq[Int] = (0 until bytes).map(i => (value >>> (8 * i)).toInt & 0xff)

  protected def command(dut: SerialBench, opcode: Int, address: Long, value: Long): Unit =
    send(dut, opcode +: (littleEndian(address, 4) ++ littleEndian(value, 4)))

  /** Status of the command. */
  protected def writeRegister(dut: SerialBench, offset: Long, value: Long): Int = {
    command(dut, Bridge.writeRegister, offset, value)
    receive(dut, 1).head
  }

  /** Value and status. */
  protected def readRegister(dut: SerialBench, offset: Long): (Long, Int) = {
    command(dut, Bridge.readRegister, offset, 0)
    val answer = receive(dut, 5)
    ((0 until 4).map(i => answer(i).toLong << (8 * i)).sum, answer(4))
  }

  protected def writeLines(dut: SerialBench, first: Long, words: Seq[Long]): Int = {
    command(dut, Bridge.writeLines, first, words.size / 8)
    send(dut, words.flatMap(littleEndian(_, 8)))
    receive(dut, 1).head
  }

  /** Words and status. */
  protected def readLines(dut: SerialBench, first: Long, lines: Int): (IndexedSeq[Long], Int) = {
    command(dut, Bridge.readLines, first, lines)
    val answer = receive(dut, 64 * lines + 1)
    val words = (0 until 8 * lines).map(k => (0 until 8).map(i => answer(8 * k + i).toLong << (8 * i)).reduce(_ | _))
    (words, answer.last)
  }
}
