package io.cipherstream.fpga.shell

import chisel3._
import io.cipherstream.fpga.{Simulation, Words}
import org.scalatest.flatspec.AnyFlatSpec
import scala.collection.mutable

class BlockQueueSpec extends AnyFlatSpec with Simulation {
  private val depth = 16

  "BlockQueue" should "hand words on in their order, a word every cycle if nothing waits, and hold as many as it says" in
    simulate(new BlockQueue(UInt(32.W), depth)) { dut =>
      val random = Words.random("block queue")
      val inside = mutable.Queue.empty[Int]
      var (given, taken) = (0, 0)

      /** Cycles in which words are offered and taken with these chances in 16; the words that were taken in them. */
      def run(cycles: Int, offered: Int, wanted: Int): Int = {
        val before = taken
        for (_ <- 0 until cycles) {
          val (offers, wants) = (random.nextInt(16) < offered, random.nextInt(16) < wanted)
          dut.io.in.valid.poke(offers)
          dut.io.in.bits.poke(given)
          dut.io.out.ready.poke(wants)
          if (wants && dut.io.out.valid.peek().litToBoolean) {
            assert(inside.nonEmpty && dut.io.out.bits.peek().litValue == inside.dequeue(), s"word $taken")
            taken += 1
          }
          if (offers && dut.io.in.ready.peek().litToBoolean) {
            inside.enqueue(given)
            given += 1
          }
          dut.clock.step()
        }
        taken - before
      }

      dut.reset.poke(true)
      dut.clock.step()
      dut.reset.poke(false)
      for (_ <- 0 until 4; (offered, wanted) <- Seq((16, 16), (8, 8), (16, 3), (3, 16))) run(100, offered, wanted)
      run(depth + 20, 0, 16)
      assert(inside.isEmpty)
      run(10, 16, 16)
      assert(run(100, 16, 16) == 100, "words of 100 cycles, begun empty")
      run(depth + 20, 16, 0)
      assert(inside.size >= depth && !dut.io.in.ready.peek().litToBoolean, "full")
      assert(run(100, 16, 16) == 100, "words of 100 cycles, begun full")
    }
}
