package io.cipherstream.fpga.top

import io.cipherstream.ring._
import java.nio.{ByteBuffer, ByteOrder}
import org.scalatest.Assertions._
import scala.jdk.CollectionConverters._
import scala.util.Using

/** Where things lie in memory, in lines. */
class CoreLayout(val ring: LimbRing, val segments: Seq[Segment], descriptorBytes: Int) {
  private val limb = ring.limbLines
  val descriptors = 1
  val segmentTable: Int = descriptors + descriptorBytes / 64 + 1
  val tables: Int = segmentTable + segments.size / 4 + 1
  val result: Int = tables + ring.moduli.size * (1 + limb) + 1
  val pool: Int = result + 2

  /** First line of each segment in the pool, with guards between them. */
  val bases: Seq[Int] =
    segments.scanLeft(CoreLayout.guardLines)((at, s) => at + (s.words / 8).toInt + CoreLayout.guardLines)
  val poolLines: Int = bases.last
  val end: Int = pool + poolLines
}

object CoreLayout {

  /** Lines before each segment and behind the last that nothing may touch. */
  val guardLines = 2
}

/** A program with its data and its place in memory. */
class CoreTask(val ring: LimbRing, val program: LimbProgram, val inputs: Seq[Seq[Long]]) {
  val segments: Seq[Segment] = program.segments.asScala.toSeq
  val descriptors: Array[Byte] = {
    val buffer = program.descriptors()
    val out = new Array[Byte](buffer.remaining)
    buffer.get(out)
    out
  }
  val layout = new CoreLayout(ring, segments, descriptors.length)

  /** Words of all segments; scratch begins as rubbish. */
  val data: Seq[Seq[Long]] = {
    val next = inputs.iterator
    segments.map(s => if (s.access == Segment.Access.SCRATCH) Seq.fill(s.words.toInt)(-1L) else next.next())
  }

  /** What the interpreter makes of the first instructions: arguments, number of zeros. */
  def expected(instructions: Int): (Seq[IndexedSeq[Long]], Long) = {
    val prefix = ByteBuffer.wrap(descriptors, 0, 64 * instructions).slice()
    val run = LimbProgram.parse("prefix", ring, program.segments, prefix)
    Using.resource(new JavaEngine(ring, 1L << 31)) { engine =>
      val buffers = inputs.map { words =>
        val buffer = engine.allocate(words.size)
        engine.upload(direct(words), buffer, 0)
        buffer
      }
      val result = engine.submit(run, buffers.map(LimbView.of(_)).asJava).await()
      val out = buffers.map { b =>
        val target = ByteBuffer.allocateDirect(8 * b.words.toInt).order(ByteOrder.LITTLE_ENDIAN)
        engine.download(b, 0, target)
        IndexedSeq.fill(b.words.toInt)(target.getLong)
      }
      (out, result.zeroWords)
    }
  }

  def compare(outcome: Outcome, instructions: Int, what: String): Unit = {
    assert(outcome.instructions == instructions, what)
    val (words, zeros) = expected(instructions)
    val got = segments.zip(outcome.segments).collect {
      case (s, w) if s.access != Segment.Access.SCRATCH => w
    }
    for (((g, e), s) <- got.zip(words).zip(program.arguments.asScala)) {
      val wrong = g.indices.filter(i => g(i) != e(i))
      assert(wrong.isEmpty, s"$what, segment ${s.name}: ${wrong.size} words differ, first ${wrong.headOption}")
    }
    assert(outcome.zeroWords == zeros, what)
  }

  private def direct(words: Seq[Long]): ByteBuffer = {
    val buffer = ByteBuffer.allocateDirect(8 * words.size).order(ByteOrder.LITTLE_ENDIAN)
    words.foreach(buffer.putLong)
    buffer.flip()
    buffer
  }
}
