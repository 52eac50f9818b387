package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Damages one file of a model folder, and says what it did. */
final class FolderDamage {

  private final Random random;

  FolderDamage(Random random) {
    this.random = random;
  }

  String apply(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    Path file = files.get(random.nextInt(files.size()));
    String name = folder.relativize(file).toString();
    byte[] bytes = Files.readAllBytes(file);
    switch (random.nextInt(8)) {
      case 0 -> {
        Files.delete(file);
        return name + " deleted";
      }
      case 1 -> {
        int length = random.nextInt(bytes.length);
        Files.write(file, Arrays.copyOf(bytes, length));
        return name + " cut to " + length;
      }
      case 2 -> {
        int at = random.nextInt(bytes.length);
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bytes);
        return name + " flipped at " + at;
      }
      default -> {
        return name + " " + structure(file, bytes);
      }
    }
  }

  private String structure(Path file, byte[] bytes) throws IOException {
    if (file.toString().endsWith(".json")) {
      JsonNode root = HubFolder.JSON.readTree(bytes);
      String what = change(root);
      Files.write(file, root.toString().getBytes(StandardCharsets.UTF_8));
      return what;
    }
    if (file.toString().endsWith(".txt")) {
      List<String> lines = new ArrayList<>(Files.readAllLines(file));
      int line = random.nextInt(lines.size());
      String what = "line " + line + " '" + lines.get(line) + "' left out";
      lines.remove(line);
      Files.write(file, lines);
      return what;
    }
    int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    JsonNode header = HubFolder.JSON.readTree(new String(bytes, 8, length, StandardCharsets.UTF_8));
    String what = change(header);
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(8 + json.length + bytes.length - 8 - length)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(json.length).put(json).put(bytes, 8 + length, bytes.length - 8 - length);
    Files.write(file, out.array());
    return "header " + what;
  }

  /** Changes one member somewhere below a node. */
  private String change(JsonNode root) {
    JsonNode at = root;
    String path = "";
    while (true) {
      List<String> names = new ArrayList<>();
      if (at instanceof ObjectNode object) {
        object.fieldNames().forEachRemaining(names::add);
      } else {
        for (int i = 0; i < at.size(); i++) {
          names.add("" + i);
        }
      }
      if (names.isEmpty()) {
        return path + " is empty";
      }
      String name = names.get(random.nextInt(names.size()));
      JsonNode child = at.isArray() ? at.get(Integer.parseInt(name)) : at.get(name);
      path += "/" + name;
      if (child.isContainerNode() && !child.isEmpty() && random.nextInt(5) > 0) {
        at = child;
        continue;
      }
      return path + " " + replace(at, name, child);
    }
  }

  private String replace(JsonNode parent, String name, JsonNode child) {
    int how = random.nextInt(4);
    if (parent instanceof ObjectNode object) {
      if (how == 0) {
        object.remove(name);
        return "removed";
      }
      if (how == 1) {
        object.remove(name);
        object.set(name + "x", child);
        return "renamed";
      }
      JsonNode other = other(child);
      object.set(name, other);
      return child + " to " + other;
    }
    int index = Integer.parseInt(name);
    if (how == 0) {
      ((ArrayNode) parent).remove(index);
      return "removed";
    }
    JsonNode other = other(child);
    ((ArrayNode) parent).set(index, other);
    return child + " to " + other;
  }

  private JsonNode other(JsonNode node) {
    JsonNodeFactory make = JsonNodeFactory.instance;
    if (random.nextInt(6) == 0) {
      return random.nextBoolean() ? make.nullNode() : make.textNode("null");
    }
    if (node.isBoolean()) {
      return BooleanNode.valueOf(!node.booleanValue());
    }
    if (node.isIntegralNumber()) {
      return make.numberNode(node.longValue() + random.nextInt(5) - 2);
    }
    if (node.isNumber()) {
      return make.numberNode(node.doubleValue() * 10);
    }
    if (node.isTextual() && !node.textValue().isEmpty()) {
      StringBuilder text = new StringBuilder(node.textValue());
      text.setCharAt(random.nextInt(text.length()), (char) ('a' + random.nextInt(26)));
      return TextNode.valueOf(text.toString());
    }
    return random.nextBoolean() ? make.objectNode() : make.booleanNode(random.nextBoolean());
  }
}
