package io.cipherstream.fpga.elaborate

import com.fasterxml.jackson.databind.json.JsonMapper
import com.fasterxml.jackson.core.StreamReadFeature
import com.fasterxml.jackson.databind.JsonNode
import io.cipherstream.fpga.{CoreParameters, MultiplierShape}
import io.cipherstream.fpga.cluster.ClusterParameters
import java.nio.file.{Files, Path}
import scala.jdk.CollectionConverters._

/** What `bitstreams/<board>/<name>/configuration.json` says.
  *
  * @param clockMHz clock that the configuration is meant for
  * @param cluster how the clusters are shaped
  */
case class Configuration(name: String, board: String, clockMHz: Double, core: CoreParameters, cluster: ClusterShape) {

  val parameters: ClusterParameters = ClusterParameters(core, cluster.products, cluster.streamWords, cluster.slots)

  val kernel: Kernel = Kernel.of(parameters, cluster.clusters)
}

/** What a configuration says besides the core's parameters; see ClusterParameters. */
case class ClusterShape(clusters: Int, products: Int, streamWords: Int, slots: Int)

object Configuration {

  /** Something in a configuration file is not as it must be. */
  class ConfigurationException(message: String) extends RuntimeException(message)

  private val mapper = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build()

  /** Reads a configuration; every field of the core's parameters must be there, and no other.
    *
    * @throws ConfigurationException if the file is no JSON, a field is missing, unknown or of another type, or
    *   the parameters contradict each other
    */
  def read(file: Path): Configuration =
    try parse(mapper.readTree(Files.readString(file)))
    catch {
      case e @ (_: ConfigurationException | _: IllegalArgumentException | _: com.fasterxml.jackson.core.JacksonException) =>
        throw new ConfigurationException(s"$file: ${e.getMessage}")
    }

  private def parse(root: JsonNode): Configuration = {
    fields(root, "the file", Seq("name", "board", "clockMHz", "memory", "core", "cluster"))
    val clock = root.get("clockMHz")
    if (!clock.isNumber || clock.asDouble <= 0) fail("clockMHz", "a positive number", clock)
    Configuration(text(root, "name"), text(root, "board"), clock.asDouble, parameters(root.get("core")), shape(root.get("cluster")))
  }

  private def parameters(node: JsonNode): CoreParameters = {
    val names = CoreParameters().productElementNames.toSeq
    fields(node, "core", names)
    val values = names.map {
      case "multiplier" => multiplier(node.get("multiplier"))
      case name         => number(node, name)
    }
    build(classOf[CoreParameters], values)
  }

  private def multiplier(node: JsonNode): MultiplierShape = {
    val names = MultiplierShape().productElementNames.toSeq
    fields(node, "core.multiplier", names)
    build(classOf[MultiplierShape], names.map(number(node, _)))
  }

  private def shape(node: JsonNode): ClusterShape = {
    val names = ClusterShape(0, 0, 0, 0).productElementNames.toSeq
    fields(node, "cluster", names)
    build(classOf[ClusterShape], names.map(number(node, _)))
  }

  private def build[T](of: Class[T], values: Seq[Any]): T =
    try of.cast(of.getConstructors.head.newInstance(values.map(_.asInstanceOf[AnyRef]): _*))
    catch { case e: java.lang.reflect.InvocationTargetException => throw e.getCause }

  private def fields(node: JsonNode, where: String, expected: Seq[String]): Unit = {
    if (!node.isObject) throw new ConfigurationException(s"$where is no object")
    val found = node.fieldNames.asScala.toSeq
    val missing = expected.diff(found)
    val unknown = found.diff(expected)
    if (missing.nonEmpty) throw new ConfigurationException(s"$where lacks ${missing.mkString(", ")}")
    if (unknown.nonEmpty)
      throw new ConfigurationException(s"$where has ${unknown.mkString(", ")}; expected ${expected.mkString(", ")}")
  }

  private def text(node: JsonNode, name: String): String = {
    val value = node.get(name)
    if (!value.isTextual || !value.asText.matches("[a-z0-9][a-z0-9-]*")) fail(name, "small letters, digits and hyphens", value)
    value.asText
  }

  private def number(node: JsonNode, name: String): Int = {
    val value = node.get(name)
    if (!value.canConvertToInt || !value.isIntegralNumber) fail(name, "an integer", value)
    value.asInt
  }

  private def fail(name: String, expected: String, got: JsonNode): Nothing =
    throw new ConfigurationException(s"$name: expected $expected, got $got")
}
