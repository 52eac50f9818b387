package io.cipherstream.opencl.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cipherstream.core.CoreLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads a manifest and checks every member that the host relies on. Unknown members, such as
 * reports of tools, are ignored.
 */
final class ManifestReader {

  /** Name of every kernel. */
  static final String KERNEL = "core_program";

  private static final long IMAGE_BYTES_MAX = 1L << 30;
  private static final double CLOCK_MHZ_MAX = 2000;
  private static final int LIST_MAX = 1000;
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /** Empty where no register-transfer code is behind the image. */
  private static final Pattern RTL_DIGEST = Pattern.compile("([0-9a-f]{64})?");

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ManifestReader() {}

  /**
   * @throws IllegalArgumentException if it is no manifest, or a member is missing or out of range
   */
  static ImageManifest parse(byte[] json) {
    JsonNode root;
    try {
      root = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("it is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("it cannot be read as JSON: " + e.getMessage(), e);
    }
    require(root.isObject(), "it is not a JSON object");
    kernel(root);
    CoreParameters parameters = parameters(object(root, "parameters"));
    ImageManifest manifest =
        new ImageManifest(
            text(root, "name", NAME),
            text(root, "board", NAME),
            text(root, "kernel", FILE),
            parameters,
            cluster(object(root, "cluster")),
            number(root, "montgomeryBits"),
            clock(root),
            text(root, "rtlDigest", RTL_DIGEST),
            file(object(root, "image")),
            list(root, "verified"),
            list(root, "notVerified"));
    require(
        manifest.montgomeryBits() == parameters.montgomeryBits(),
        "montgomeryBits is "
            + manifest.montgomeryBits()
            + ", its parameters make "
            + parameters.montgomeryBits());
    return manifest;
  }

  /** First of all: an image of another release has another kernel or takes other operations. */
  private static void kernel(JsonNode root) {
    String kernel = text(root, "kernel", FILE);
    require(
        kernel.equals(KERNEL),
        "kernel is " + kernel + ", expected " + KERNEL + ": build the image again");
    int version = number(root, "instructionSetVersion");
    require(
        version == CoreLayout.VERSION,
        "instructionSetVersion is "
            + version
            + ", this program writes version "
            + CoreLayout.VERSION
            + ": build the image again");
  }

  private static ClusterParameters cluster(JsonNode c) {
    return new ClusterParameters(
        number(c, "clusters"), number(c, "products"), number(c, "streamWords"), number(c, "slots"));
  }

  private static CoreParameters parameters(JsonNode p) {
    return new CoreParameters(
        number(p, "wordBits"),
        number(p, "degreeBitsMin"),
        number(p, "degreeBitsMax"),
        number(p, "lanes"),
        number(p, "busWords"),
        number(p, "segments"),
        number(p, "moduli"));
  }

  private static ImageManifest.ImageFile file(JsonNode image) {
    JsonNode bytes = member(image, "bytes");
    require(
        bytes.isIntegralNumber()
            && bytes.canConvertToLong()
            && bytes.longValue() > 0
            && bytes.longValue() <= IMAGE_BYTES_MAX,
        "bytes is " + shown(bytes) + ", expected 1 to " + IMAGE_BYTES_MAX);
    return new ImageManifest.ImageFile(
        text(image, "file", FILE), bytes.longValue(), text(image, "sha256", SHA256));
  }

  private static double clock(JsonNode root) {
    JsonNode clock = member(root, "clockMHz");
    require(
        clock.isNumber() && clock.doubleValue() > 0 && clock.doubleValue() <= CLOCK_MHZ_MAX,
        "clockMHz is " + shown(clock) + ", expected a number above 0, up to " + CLOCK_MHZ_MAX);
    return clock.doubleValue();
  }

  private static List<String> list(JsonNode root, String name) {
    JsonNode list = member(root, name);
    require(
        list.isArray() && list.size() <= LIST_MAX,
        name + " is " + shown(list) + ", expected a list of texts");
    List<String> texts = new ArrayList<>();
    for (JsonNode text : list) {
      require(text.isTextual(), name + " holds " + shown(text) + ", expected texts");
      texts.add(text.textValue());
    }
    return texts;
  }

  private static JsonNode object(JsonNode from, String name) {
    JsonNode object = member(from, name);
    require(object.isObject(), name + " is " + shown(object) + ", expected an object");
    return object;
  }

  private static String text(JsonNode from, String name, Pattern pattern) {
    JsonNode text = member(from, name);
    require(
        text.isTextual() && pattern.matcher(text.textValue()).matches(),
        name + " is " + shown(text) + ", expected a text of the form " + pattern);
    return text.textValue();
  }

  private static int number(JsonNode from, String name) {
    JsonNode number = member(from, name);
    require(
        number.isIntegralNumber() && number.canConvertToInt(),
        name + " is " + shown(number) + ", expected an integer");
    return number.intValue();
  }

  private static JsonNode member(JsonNode from, String name) {
    JsonNode member = from.get(name);
    if (member == null) {
      throw new IllegalArgumentException("member " + name + " is missing");
    }
    return member;
  }

  /** A member as received, shortened if it is long. */
  private static String shown(JsonNode node) {
    String text = node.toString();
    return text.length() <= 80 ? text : text.substring(0, 77) + "...";
  }

  private static void require(boolean holds, String broken) {
    if (!holds) {
      throw new IllegalArgumentException(broken);
    }
  }
}
