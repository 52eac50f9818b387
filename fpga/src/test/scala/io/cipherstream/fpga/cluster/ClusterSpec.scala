package io.cipherstream.fpga.cluster

import io.cipherstream.fpga.CoreSet
import io.cipherstream.core.CoreLayout
import io.cipherstream.fpga.{CoreParameters, Words}
import io.cipherstream.fpga.shell.Registers.Status
import io.cipherstream.ring.{LimbRing, RandomPrograms}
import org.scalatest.flatspec.AnyFlatSpec
import scala.util.Random

/** One model for everything: it takes far longer to compile than to run. */
class ClusterSpec extends AnyFlatSpec with ClusterFaults {

  private val slots = 16

  protected val p: ClusterParameters = ClusterParameters(
    CoreParameters(
      wordBits = 28,
      degreeBitsMin = 7,
      degreeBitsMax = 8,
      lanes = 4,
      limbBuffers = 3,
      twiddleSlots = 2,
      segments = 8,
      moduli = 4,
      watchdogCycles = 3000,
      multiplier = quick
    ),
    products = 8,
    streamWords = 2,
    slots
  )
  protected val clusters = 2
  private val all = Seq("LOAD", "STORE", "XFM", "MAP", "DOT")

  private def ring(random: Random, degreeBits: Int): LimbRing = RandomPrograms.ring(random.nextLong(), 1 << degreeBits, 3, p.wordBits)

  protected def task(random: Random): ClusterTask = task(random, ring(random, p.core.degreeBitsMin), clusters, 10, all)

  private def task(
      random: Random,
      ring: LimbRing,
      sharing: Int,
      count: Int,
      kinds: Seq[String],
      change: Seq[Array[Byte]] => Unit = _ => ()
  ): ClusterTask = {
    val programs = new RandomCore(random, ring, sharing, slots)
    new ClusterTask(programs.next(count, kinds), programs.data(), clusters, change)
  }

  /** Programs of one kind of operation on one cluster, then of all kinds on one and on both; a memory that is slow and makes wait. */
  private def programs(dut: ClusterBench, random: Random): Unit = {
    val rounds = all.map(kind => (Seq(kind), 1)) ++ Seq((all, 1)) ++ Seq.fill(6)((all, clusters))
    for (((kinds, sharing), round) <- rounds.zipWithIndex) {
      val t = task(random, ring(random, p.core.degreeBitsMin + round % 2), sharing, if (kinds.size == 1) 12 else 40, kinds)
      dut.latency.read.poke(random.nextInt(60))
      dut.latency.write.poke(random.nextInt(60))
      for (channel <- dut.gaps.all) channel.poke(if (round < 8) 0 else random.nextInt(4))
      val outcome = run(dut, p, t)
      println(
        s"round $round, N = ${t.program.ring.degree}, ${kinds.mkString(" ")} on $sharing: ${outcome.operations} operations in " +
          s"${outcome.cycles} cycles, ${outcome.butterflies} rows of butterflies, ${outcome.terms} of products, ${outcome.rows} through port B"
      )
      t.compare(outcome, s"round $round, ${kinds.mkString(" ")}")
    }
    for (channel <- dut.gaps.all) channel.poke(0)
  }

  /** Several jobs of one launch, each with its own result. */
  private def jobs(dut: ClusterBench, random: Random): Unit = {
    val shared = ring(random, p.core.degreeBitsMin)
    val tasks = Seq.fill(3)(task(random, shared, clusters, 10, all))
    val layouts = prepare(dut, p, tasks)
    start(dut)
    for (((t, layout), i) <- tasks.zip(layouts).zipWithIndex) t.compare(outcome(dut, t, layout), s"job $i")
  }

  /** Writes a field of the operation or term that begins at byte `at`. */
  private def poke(stream: Array[Byte], at: Int, field: String, value: Long): Unit = {
    val f = CoreSet.fields(field)
    for (i <- 0 until f.bytes) stream(at + f.offset + i) = (value >>> (8 * i)).toByte
  }

  /** A field that means nothing ends the job with the line of its operation; the next launch runs as if nothing had been. */
  private def refusals(dut: ClusterBench, random: Random): Unit = {
    val cases = Seq[(String, String, Long, Int)](
      ("LOAD", "opcode", 9, Status.badOpcode),
      ("LOAD", "opcode", 0, Status.badOpcode),
      ("XFM", "modulus", 3, Status.badModulus),
      ("LOAD", "segment", 4, Status.badSegment),
      ("LOAD", "line", 1 << 20, Status.outsideSegment),
      ("STORE", "segment", 0, Status.readOnlySegment),
      ("STORE", "a-slot", slots, Status.badField),
      ("LOAD", "d-slots", slots, Status.badField),
      ("LOAD", "galois", 6, Status.badField),
      ("LOAD", "galois", 2L << p.core.degreeBitsMin | 1, Status.badField),
      ("XFM", "scale", 1L << p.wordBits, Status.badField),
      ("XFM", "flags", 1 << 8, Status.badField),
      ("DOT", "terms", 0, Status.badField),
      ("DOT", "terms", 65, Status.badField),
      ("DOT", "term-kind", 3, Status.badField),
      ("DOT", "term-a-slot", slots, Status.badField),
      ("LOAD", "opcode", 7, Status.badOpcode)
    )
    for ((operation, field, value, status) <- cases) {
      var line = -1
      def next(): ClusterTask = task(
        random,
        ring(random, p.core.degreeBitsMin),
        clusters,
        10,
        Seq("LOAD", "XFM", "DOT", "STORE"),
        { streams =>
          val lines = Iterator
            .iterate(0)(i => i + 1 + (if (streams(0)(64 * i) == CoreSet("DOT").code) (streams(0)(64 * i + CoreLayout.TERMS) + 3) / 4 else 0))
            .takeWhile(64 * _ < streams(0).length)
          line = lines.find(i => streams(0)(64 * i) == CoreSet(operation).code).getOrElse(-1)
          if (line >= 0) {
            poke(streams(0), 64 * (line + (if (field.startsWith("term-")) 1 else 0)), field, value)
            // Line 0 is in every segment, that of the operation perhaps not.
            if (field == "segment") poke(streams(0), 64 * line, "line", 0)
          }
        }
      )
      // Not every random program has every operation.
      val bad = Iterator.continually(next()).find(_ => line >= 0).get
      val got = run(dut, p, bad)
      assert((got.status, got.failedLine) == (status, line), s"$operation with $field = $value")
    }
  }

  "Two clusters" should "run core programs as the interpreter does, refuse bad ones, survive memory errors, silent and slow memory and resets, and answer their registers" in {
    val random = Words.random("clusters")
    val trials = Seq[(String, (ClusterBench, Random) => Unit)](
      "programs" -> programs,
      "jobs" -> jobs,
      "refusals" -> refusals,
      "bad arguments" -> badArguments,
      "memory errors" -> memoryErrors,
      "silent memory" -> silence,
      "slow memory" -> slowMemory,
      "resets" -> resets,
      "registers" -> registers,
      "starts in a chain" -> startsInChain
    )
    simulate(new ClusterBench(p, clusters, 1 << 12)) { dut =>
      reset(dut)
      for ((name, trial) <- trials) withClue(s"$name: ") {
        trial(dut, random)
        // No reset in between: the card still works.
        val t = task(random)
        t.compare(run(dut, p, t), "a good program afterwards")
      }
    }
  }
}
