package io.cipherstream.fpga.cluster

import io.cipherstream.core.{CoreInterpreter, CoreProgram, CoreStream}
import io.cipherstream.fpga.Limbs
import io.cipherstream.ring.{LimbRing, Segment}
import java.nio.{ByteBuffer, ByteOrder}
import org.scalatest.Assertions._
import scala.jdk.CollectionConverters._

/** Where a program lies in memory, in lines from `start` on; segments with guards around them. */
class ClusterLayout(segments: Seq[Segment], streams: Seq[Array[Byte]], start: Int) {
  val streamsAt: Seq[Int] = streams.scanLeft(start)((at, s) => at + s.length / 64)
  val segmentTable: Int = streamsAt.last
  val result: Int = segmentTable + segments.size / 4 + 1
  val bases: Seq[Int] =
    segments.scanLeft(result + ClusterCore.resultLines + ClusterLayout.guard)((at, s) => at + (s.words / 8).toInt + ClusterLayout.guard)
  val end: Int = bases.last
}

object ClusterLayout {

  /** Lines before each segment and behind the last that nothing may touch. */
  val guard = 2

  /** Where the job list, the pool and the tables begin; streams, segments and results lie in the pool. */
  val jobs = 1
  val pool = 5
  val tables = 9
}

/** A program with its data.
  *
  * @param clusters of the core that runs it
  * @param change what is changed in the streams before they are used
  */
class ClusterTask(val program: CoreProgram, inputs: Seq[Seq[Long]], clusters: Int, change: Seq[Array[Byte]] => Unit = _ => ()) {
  val segments: Seq[Segment] = program.segments.asScala.toSeq
  /** A stream for each cluster of the core; one without a part in the program has its END only. */
  val streams: Seq[Array[Byte]] = Seq.tabulate(clusters) { c =>
    val empty = new CoreProgram("end", program.ring, 1, 0, java.util.List.of(), java.util.List.of())
    val buffer = if (c < program.clusters) CoreStream.encode(program, c) else CoreStream.encode(empty, 0)
    val out = new Array[Byte](buffer.remaining)
    buffer.get(out)
    out
  }
  change(streams)
  val data: Seq[Seq[Long]] = {
    val next = inputs.iterator
    segments.map(s => if (s.access == Segment.Access.SCRATCH) Seq.fill(s.words.toInt)(-1L) else next.next())
  }

  /** What the interpreter leaves in the arguments, and the zeros that it counts. */
  def expected: (Seq[Array[Long]], Long) = {
    val words = inputs.map(_.toArray)
    val zeros = new CoreInterpreter(program.ring).run(program, words.asJava)
    (words, zeros)
  }

  def compare(outcome: ClusterOutcome, what: String): Unit = {
    assert(outcome.status == 0, s"$what: status ${outcome.status} at line ${outcome.failedLine}")
    val (words, zeros) = expected
    val got = segments.zip(outcome.segments).filter(_._1.access != Segment.Access.SCRATCH)
    for (((s, g), e) <- got.zip(words)) {
      val wrong = g.indices.filter(i => g(i) != e(i))
      assert(
        wrong.isEmpty,
        s"$what, segment ${s.name}: ${wrong.size} words differ, limbs ${wrong.map(_ / program.ring.degree).distinct}, first ${wrong.headOption}"
      )
    }
    assert(outcome.zeroWords == zeros, what)
  }
}

/** Tasks of one ring as a host puts them into memory, each with its result. */
class ClusterImage(p: ClusterParameters, tasks: Seq[ClusterTask]) {
  val ring: LimbRing = tasks.head.program.ring
  private val limb = ring.limbLines
  private val moduli = ring.moduli.asScala.map(m => BigInt(m.value)).toSeq
  private val tables = ClusterLayout.tables

  val layouts: Seq[ClusterLayout] = {
    val first = tables + moduli.size * (1 + limb)
    tasks.tail.scanLeft(new ClusterLayout(tasks.head.segments, tasks.head.streams, first)) { (before, t) =>
      new ClusterLayout(t.segments, t.streams, before.end)
    }
  }
  val end: Int = layouts.last.end

  /** First line and words of each part. */
  val parts: Seq[(Int, Seq[Long])] = tableParts ++ tasks.zip(layouts).zipWithIndex.flatMap { case ((t, l), job) => jobParts(t, l, job) }

  private def tableParts: Seq[(Int, Seq[Long])] = {
    val r = BigInt(1) << p.core.montgomeryBits
    val rows = moduli.zipWithIndex.flatMap { case (q, i) =>
      Seq(q.toLong, (r * r % q).toLong, (moduli.size + i * limb).toLong) ++ Seq.fill(5)(0L)
    }
    (tables -> rows) +: moduli.zipWithIndex.map { case (q, i) =>
      (tables + moduli.size + i * limb) -> Limbs.table(q, ring.degreeBits, p.core.montgomeryBits).map(_.toLong)
    }
  }

  private def longs(b: Array[Byte]): Seq[Long] = {
    val buffer = ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN)
    Seq.fill(b.length / 8)(buffer.getLong)
  }

  /** Bytes from the pool's beginning to a line. */
  private def inPool(line: Int): Long = (line - ClusterLayout.pool) * 64L

  private def jobParts(t: ClusterTask, layout: ClusterLayout, job: Int): Seq[(Int, Seq[Long])] = {
    val counts = t.streams.map(_.length / 64L).padTo(2, 0L)
    val line = layout.streamsAt.take(2).map(inPool) ++
      Seq(counts(0) | counts(1) << 32, inPool(layout.segmentTable), t.segments.size.toLong, inPool(layout.result))
    val table = t.segments.zip(layout.bases).flatMap { case (s, base) =>
      Seq(inPool(base) / 64, (if (s.access.writable) 1L << 32 else 0L) | (s.words / 8))
    }
    val guards = Seq.fill(ClusterLayout.guard * 8)(ClusterImage.guard)
    t.streams.zip(layout.streamsAt).map { case (s, at) => at -> longs(s) } ++
      Seq((ClusterLayout.jobs + job) -> line.padTo(8, 0L), layout.segmentTable -> table, (layout.bases.head - ClusterLayout.guard) -> guards) ++
      layout.bases.zip(t.data).map { case (base, content) => base -> (content ++ guards) }
  }
}

object ClusterImage {

  /** What stands between segments. */
  val guard = 0x6a5b4c3d2e1f0011L

  /** Arguments of a run, in a memory of so many lines. */
  def arguments(ring: LimbRing, jobs: Int, lines: Int): Map[String, Long] = Map[String, Long](
    "descriptors" -> ClusterLayout.jobs * 64L,
    "tables" -> ClusterLayout.tables * 64L,
    "pool" -> ClusterLayout.pool * 64L,
    "instructionCount" -> jobs.toLong,
    "modulusCount" -> ring.moduli.size.toLong,
    "degreeBits" -> ring.degreeBits.toLong,
    "poolLines" -> (lines - ClusterLayout.pool).toLong
  ).withDefaultValue(0L)
}
