package io.cipherstream.fpga

import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}
import java.nio.file.{Files, Paths}
import org.scalatest.Suite
import org.scalatest.flatspec.AnyFlatSpec
import scala.jdk.CollectionConverters._

/** Holds the blocks' test plans against the tests that exist, and writes the report target/test-plan.md. */
class TestPlanSpec extends AnyFlatSpec {

  private case class Point(block: String, name: String, text: String, tests: Seq[String])

  private val blocks = Seq("arith", "ntt", "shell", "cluster", "board", "elaborate")

  private val points: Seq[Point] = blocks.flatMap { block =>
    val in = getClass.getResourceAsStream(s"$block/testplan.json")
    require(in != null, s"block $block has no testplan.json")
    val plan: JsonNode =
      try new ObjectMapper().readTree(in)
      finally in.close()
    plan.get("points").elements.asScala.map { p =>
      Point(
        block,
        p.get("name").asText,
        p.get("text").asText,
        p.get("tests").elements.asScala.map(_.asText).toSeq
      )
    }
  }

  /** "ntt.NttUnitSpec" to the names of its tests. */
  private lazy val suites: Map[String, Set[String]] =
    points.flatMap(_.tests).map(_.takeWhile(_ != ':')).distinct.map { name =>
      val suite = Class.forName(s"io.cipherstream.fpga.$name").getDeclaredConstructor().newInstance()
      name -> suite.asInstanceOf[Suite].testNames
    }.toMap

  private def exists(test: String): Boolean = {
    val Array(suite, name) = test.split(": ", 2)
    suites(suite).contains(name)
  }

  "every test point" should "have a test, and every test it names should exist" in {
    val report = new StringBuilder("| block | test point | tests |\n|---|---|---|\n")
    for (p <- points) {
      val tests = if (p.tests.isEmpty) "**none**" else p.tests.mkString("<br>")
      report.append(s"| ${p.block} | ${p.name}: ${p.text} | $tests |\n")
    }
    Files.createDirectories(Paths.get("target"))
    Files.writeString(Paths.get("target", "test-plan.md"), report.toString)
    val bare = points.filter(p => !p.tests.exists(exists)).map(p => s"${p.block}: ${p.name}")
    assert(bare.isEmpty, "test points without a test")
    assert(points.flatMap(_.tests).filterNot(exists).isEmpty, "tests that plans name and nobody has")
  }

  "every test of a unit" should "belong to a test point" in {
    val named = points.flatMap(_.tests).toSet
    val stray = for ((suite, tests) <- suites; test <- tests if !named(s"$suite: $test")) yield s"$suite: $test"
    assert(stray.isEmpty)
  }
}
