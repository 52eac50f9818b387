package io.cipherstream.fpga.cluster

import io.cipherstream.core._
import io.cipherstream.ring.{LimbRing, Operand, Repeat, Segment}
import scala.collection.mutable
import scala.jdk.CollectionConverters._
import scala.util.Random

/** Random core programs of every kind of operation: all combinations of what stands before and after a transform, sums of up to 64
  * terms of every kind, short and mirrored operands, permutations, results in place and in the other cluster, and accesses to
  * memory that conflict. At the end all slots are stored.
  *
  * @param kinds names of the operations that are made, besides LOAD at the beginning and STORE at the end
  */
class RandomCore(random: Random, ring: LimbRing, clusters: Int, slots: Int) {
  private val n = ring.degree
  private val moduli = ring.moduli.size
  private val none = CoreLayout.SLOT_NONE
  private val inputs = 2 * moduli
  private val works = 4

  private def segment(index: Int, name: String, access: Segment.Access, words: Long) = new Segment(index, name, access, words)
  private val segments = Seq(
    segment(0, "in", Segment.Access.INPUT, inputs.toLong * n),
    segment(1, "weights", Segment.Access.INPUT, n.toLong),
    segment(2, "work", Segment.Access.UPDATE, works.toLong * n * clusters),
    segment(3, "out", Segment.Access.OUTPUT, slots.toLong * n * clusters)
  )
  private def limb(s: Int, i: Int) = new Operand(s, i * n / 8)
  private def constant(q: Int) = if (random.nextInt(4) == 0) ring.modulus(q).value - 1 else random.nextLong(ring.modulus(q).value)

  /** Words for the arguments. */
  def data(): Seq[Seq[Long]] = {
    val least = (0 until moduli).map(ring.modulus(_).value).min
    def word(bound: Long) = random.nextInt(8) match {
      case 0 => 0L
      case 1 => bound - 1
      case _ => random.nextLong(bound)
    }
    Seq(
      Seq.tabulate(inputs * n)(k => word(ring.modulus(k / n % moduli).value)),
      Seq.fill(n)(word(least)),
      Seq.tabulate(works * n * clusters)(k => word(ring.modulus(k / n % moduli).value)),
      Seq.fill(slots * n * clusters)(0L)
    )
  }

  private val held = Array.fill(clusters, slots)(-1)
  private val work = Array.tabulate(works * clusters)(_ % moduli)
  private case class Access(segment: Int, first: Int, lines: Int, write: Boolean, tag: Int)
  private val accesses = mutable.Buffer.empty[Access]
  private val ops = mutable.Buffer.empty[CoreOp]

  private def order(reads: Seq[(Operand, Int)], write: Option[Operand]): Order = {
    val tag = 1 + random.nextInt(15)
    val mine = reads.map { case (at, words) => Access(at.segment, at.line, words / 8, write = false, tag) } ++
      write.map(at => Access(at.segment, at.line, n / 8, write = true, tag))
    val waits = accesses.filter { a =>
      mine.exists(m => a.segment == m.segment && (a.write || m.write) && a.first < m.first + m.lines && m.first < a.first + a.lines)
    }.map(_.tag).toSet
    accesses ++= mine
    if (mine.isEmpty) Order.FREE else new Order(tag, waits.map(1 << _).sum)
  }
  private def slot(c: Int, q: Int): Option[Int] = {
    val all = held(c).indices.filter(s => held(c)(s) >= 0 && (q < 0 || held(c)(s) == q))
    Option.when(all.nonEmpty)(all(random.nextInt(all.size)))
  }

  /** Where a result goes; not to an operand if it is permuted. */
  private def results(c: Int, galois: Int, sources: Set[Int]): java.util.List[Integer] = {
    val to = Seq.tabulate(clusters)(k => k == c || random.nextInt(3) == 0)
    val chosen = if (clusters > 1 && random.nextInt(6) == 0) to.updated(c, false).updated(1 - c, true) else to
    chosen.zipWithIndex.map { case (used, k) =>
      val free = (0 until slots).filter(s => galois == 1 || k != c || !sources(s))
      Integer.valueOf(if (used) free(random.nextInt(free.size)) else none)
    }.asJava
  }
  private def settle(d: java.util.List[Integer], q: Int): Unit =
    for ((s, c) <- d.asScala.zipWithIndex if s.intValue != none) held(c)(s) = q
  private def galois() = if (random.nextBoolean()) 1 else 2 * random.nextInt(n) + 1

  private def load(c: Int): Unit = {
    val (at, q) =
      if (random.nextInt(3) == 0) {
        val w = c * works + random.nextInt(works)
        (limb(2, w), work(w))
      } else {
        val i = random.nextInt(inputs)
        (limb(0, i), i % moduli)
      }
    val g = galois()
    val d = results(c, g, Set.empty)
    ops += new CoreOp.Load(c, d, at, g, order(Seq(at -> n), None))
    settle(d, q)
  }
  private def store(c: Int): Unit = for (s <- slot(c, -1)) {
    val w = c * works + random.nextInt(works)
    ops += new CoreOp.Store(c, s, limb(2, w), order(Nil, Some(limb(2, w))))
    work(w) = held(c)(s)
  }
  private def shortOperand(): (Operand, Repeat) = {
    val mirrored = random.nextBoolean()
    val bits = ring.degreeBits - 3 - (if (mirrored) 1 else 0)
    val repeat = new Repeat(random.nextInt(bits + 1), mirrored)
    (new Operand(1, random.nextInt((n - repeat.words(n)) / 8 + 1)), repeat)
  }
  private def pass(c: Int, transforms: Boolean): Unit = {
    val direction =
      if (!transforms) Direction.NONE else if (random.nextBoolean()) Direction.NTT else Direction.INTT
    val reduced = random.nextInt(3) == 0
    val fromMemory = !transforms && random.nextInt(3) == 0
    val zero = !transforms && !fromMemory && random.nextInt(6) == 0
    for (s <- slot(c, -1)) {
      var reads = Seq.empty[(Operand, Int)]
      var source = held(c)(s)
      val a: Factor =
        if (zero) null
        else if (fromMemory) {
          if (random.nextBoolean()) {
            val i = random.nextInt(inputs)
            source = i % moduli
            reads = Seq(limb(0, i) -> n)
            new Factor.InMemory(limb(0, i), Repeat.NONE)
          } else {
            val (at, repeat) = shortOperand()
            reads = Seq(at -> repeat.words(n))
            new Factor.InMemory(at, repeat)
          }
        } else new Factor.InSlot(s)
      val q = if (reduced || zero) random.nextInt(moduli) else source
      val pre = new Pre(reduced, if (reduced) source else 0, if (random.nextInt(3) == 0) constant(q) else 0)
      val subtract = random.nextBoolean()
      val x = if (subtract && random.nextInt(3) != 0) slot(c, q).getOrElse(none) else none
      val scaled = random.nextBoolean()
      val y = if (random.nextInt(3) == 0) slot(c, q).getOrElse(none) else none
      val post = new Post(subtract, x, scaled, if (scaled) constant(q) else 0, y, if (y == none && random.nextInt(3) == 0) constant(q) else 0)
      val g = galois()
      val counts = random.nextInt(4) == 0
      val sources = Set(x, y) ++ (if (a.isInstanceOf[Factor.InSlot]) Set(s) else Set.empty)
      val d =
        if (counts && random.nextInt(3) == 0) Seq.fill(clusters)(Integer.valueOf(none)).asJava else results(c, g, sources)
      ops += new CoreOp.Pass(c, d, direction, q, a, pre, post, g, counts, order(reads, None))
      settle(d, q)
    }
  }
  private def dot(c: Int): Unit = for (s <- slot(c, -1)) {
    val q = held(c)(s)
    val count = random.nextInt(6) match {
      case 0 => 30 + random.nextInt(35)
      case _ => 1 + random.nextInt(8)
    }
    val reads = mutable.Buffer.empty[(Operand, Int)]
    val terms = Seq.fill(count) {
      random.nextInt(4) match {
        case 0 => new Term(slot(c, -1).get, new Factor.Constant(constant(q)))
        case 1 => new Term(slot(c, q).get, new Factor.InSlot(slot(c, q).get))
        case 2 =>
          val i = q + moduli * random.nextInt(2)
          reads += limb(0, i) -> n
          new Term(slot(c, q).get, new Factor.InMemory(limb(0, i), Repeat.NONE))
        case _ =>
          val (at, repeat) = shortOperand()
          reads += at -> repeat.words(n)
          new Term(slot(c, q).get, new Factor.InMemory(at, repeat))
      }
    }
    val g = galois()
    val sources = terms.flatMap(t => Seq(t.a) ++ (t.b match { case b: Factor.InSlot => Seq(b.slot); case _ => Nil })).toSet
    val d = results(c, g, sources)
    ops += new CoreOp.Dot(c, d, q, terms.asJava, g, order(reads.toSeq, None))
    settle(d, q)
  }

  /** A program of so many operations, besides the stores at its end, of these kinds. */
  def next(count: Int, kinds: Seq[String]): CoreProgram = {
    for (c <- 0 until clusters; _ <- 0 until 4) load(c)
    for (_ <- 0 until count) {
      val c = random.nextInt(clusters)
      kinds(random.nextInt(kinds.size)) match {
        case "LOAD"  => load(c)
        case "STORE" => store(c)
        case "XFM"   => pass(c, transforms = true)
        case "MAP"   => pass(c, transforms = false)
        case "DOT"   => dot(c)
      }
    }
    for (c <- 0 until clusters; s <- 0 until slots if held(c)(s) >= 0)
      ops += new CoreOp.Store(c, s, limb(3, c * slots + s), order(Nil, Some(limb(3, c * slots + s))))
    new CoreProgram("random", ring, clusters, slots, segments.asJava, ops.asJava)
  }
}
