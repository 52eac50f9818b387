package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The post-processor of a tokenizer.json for a model without token types: the same tokens around
 * texts, all of type 0. It stands in the file, so that a package says it too.
 */
final class OneSegment {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private OneSegment() {}

  /**
   * @param node the file's own, already checked; null or missing where BERT's tokens are put
   * @param vocabulary which has them, then
   */
  static JsonNode of(JsonNode node, TokenizerVocabulary vocabulary) {
    return switch (node.path("type").asText("")) {
      case "TemplateProcessing" -> zeros(node);
      case "RobertaProcessing" -> node;
      case "BertProcessing" ->
          template(
              node.path("cls").path(0).asText(), node.path("sep").path(0).asText(), vocabulary);
      case "Sequence" -> sequence(node, vocabulary);
      case "ByteLevel" -> {
        ObjectNode both = JSON.objectNode().put("type", "Sequence");
        both.putArray("processors").add(node).add(berts(vocabulary));
        yield both;
      }
      default -> berts(vocabulary);
    };
  }

  private static JsonNode sequence(JsonNode node, TokenizerVocabulary vocabulary) {
    ObjectNode out = node.deepCopy();
    ArrayNode processors = out.putArray("processors");
    boolean some = false;
    for (JsonNode processor : node.path("processors")) {
      boolean template = !processor.path("type").asText("").equals("ByteLevel");
      processors.add(template ? of(processor, vocabulary) : processor);
      some |= template;
    }
    if (!some) {
      processors.add(berts(vocabulary));
    }
    return out;
  }

  private static JsonNode zeros(JsonNode template) {
    ObjectNode out = template.deepCopy();
    for (String list : List.of("single", "pair")) {
      for (JsonNode part : out.path(list)) {
        for (JsonNode inner : part) {
          ((ObjectNode) inner).put("type_id", 0);
        }
      }
    }
    return out;
  }

  private static ObjectNode berts(TokenizerVocabulary vocabulary) {
    return template(WordPieces.FIRST, WordPieces.LAST, vocabulary);
  }

  private static ObjectNode template(String first, String last, TokenizerVocabulary vocabulary) {
    ObjectNode out = JSON.objectNode().put("type", "TemplateProcessing");
    ArrayNode single = out.putArray("single").add(special(first)).add(text("A")).add(special(last));
    out.putArray("pair").addAll(single).add(text("B")).add(special(last));
    ObjectNode tokens = out.putObject("special_tokens");
    for (String name : List.of(first, last)) {
      ObjectNode token = tokens.putObject(name).put("id", name);
      token.putArray("ids").add(vocabulary.id(name).orElseThrow());
      token.putArray("tokens").add(name);
    }
    return out;
  }

  private static ObjectNode special(String name) {
    return part("SpecialToken", name);
  }

  private static ObjectNode text(String name) {
    return part("Sequence", name);
  }

  private static ObjectNode part(String kind, String name) {
    ObjectNode out = JSON.objectNode();
    out.putObject(kind).put("id", name).put("type_id", 0);
    return out;
  }
}
