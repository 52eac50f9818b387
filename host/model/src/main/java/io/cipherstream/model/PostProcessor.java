package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Reads from a tokenizer.json's post-processor what stands around the pieces. */
final class PostProcessor {

  private static final String KNOWN =
      "expected TemplateProcessing, BertProcessing, RobertaProcessing or ByteLevel, or a Sequence"
          + " with one of them";

  private PostProcessor() {}

  /**
   * @throws ModelException of kind TOKENIZER if the processor is of another type, or names a token
   *     that the vocabulary has not or under another id
   */
  static QuestionTemplate read(JsonNode node, TokenizerVocabulary vocabulary) {
    QuestionTemplate found = template(node, vocabulary);
    if (found != null) {
      return found;
    }
    OptionalInt first = vocabulary.id(WordPieces.FIRST);
    OptionalInt last = vocabulary.id(WordPieces.LAST);
    if (first.isEmpty() || last.isEmpty()) {
      throw TokenizerPipeline.bad(
          "no post-processor that puts tokens around a text, and neither [CLS] nor [SEP] that BERT"
              + " would put there");
    }
    return QuestionTemplate.bert(first.getAsInt(), last.getAsInt());
  }

  private static @Nullable QuestionTemplate template(
      JsonNode node, TokenizerVocabulary vocabulary) {
    if (node.isNull() || node.isMissingNode()) {
      return null;
    }
    return switch (node.path("type").asText("")) {
      case "TemplateProcessing" ->
          new QuestionTemplate(
              parts(node, node.path("single"), vocabulary),
              parts(node, node.path("pair"), vocabulary));
      case "BertProcessing" ->
          QuestionTemplate.bert(
              named(node.path("cls"), vocabulary), named(node.path("sep"), vocabulary));
      case "RobertaProcessing" ->
          roberta(named(node.path("cls"), vocabulary), named(node.path("sep"), vocabulary));
      case "ByteLevel" -> null;
      case "Sequence" -> sequence(node.path("processors"), vocabulary);
      default ->
          throw TokenizerPipeline.bad(
              "post-processor '" + node.path("type").asText("") + "': " + KNOWN);
    };
  }

  private static @Nullable QuestionTemplate sequence(
      JsonNode processors, TokenizerVocabulary vocabulary) {
    QuestionTemplate found = null;
    for (JsonNode processor : processors) {
      QuestionTemplate next = template(processor, vocabulary);
      if (found != null && next != null) {
        throw TokenizerPipeline.bad("two post-processors that put tokens around a text: " + KNOWN);
      }
      found = next != null ? next : found;
    }
    return found;
  }

  private static QuestionTemplate roberta(int first, int last) {
    QuestionTemplate.Part begin = QuestionTemplate.Part.token(first, 0);
    QuestionTemplate.Part end = QuestionTemplate.Part.token(last, 0);
    QuestionTemplate.Part a = new QuestionTemplate.Part('A', 0, 0);
    QuestionTemplate.Part b = new QuestionTemplate.Part('B', 0, 0);
    return new QuestionTemplate(List.of(begin, a, end), List.of(begin, a, end, end, b, end));
  }

  private static List<QuestionTemplate.Part> parts(
      JsonNode processor, JsonNode list, TokenizerVocabulary vocabulary) {
    if (!list.isArray() || list.size() > TokenizerPipeline.PARTS_MAX) {
      throw TokenizerPipeline.bad("TemplateProcessing without a list for single or pair");
    }
    List<QuestionTemplate.Part> out = new ArrayList<>();
    for (JsonNode part : list) {
      JsonNode text = part.path("Sequence");
      JsonNode token = part.path("SpecialToken");
      int segment = (text.isObject() ? text : token).path("type_id").asInt(-1);
      String id = (text.isObject() ? text : token).path("id").asText("");
      if (part.size() != 1 || segment < 0) {
        throw TokenizerPipeline.bad("TemplateProcessing with the part " + part);
      }
      if (text.isObject()) {
        if (!id.equals("A") && !id.equals("B")) {
          throw TokenizerPipeline.bad("TemplateProcessing with the text " + id);
        }
        out.add(new QuestionTemplate.Part(id.charAt(0), 0, segment));
      } else {
        for (int piece : special(processor.path("special_tokens").path(id), id, vocabulary)) {
          out.add(QuestionTemplate.Part.token(piece, segment));
        }
      }
    }
    return out;
  }

  private static List<Integer> special(
      JsonNode token, String name, TokenizerVocabulary vocabulary) {
    JsonNode ids = token.path("ids");
    JsonNode texts = token.path("tokens");
    if (ids.isEmpty() || ids.size() != texts.size() || ids.size() > TokenizerPipeline.PARTS_MAX) {
      throw TokenizerPipeline.bad("TemplateProcessing without the ids of '" + name + "'");
    }
    List<Integer> out = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      out.add(checked(texts.get(i).asText(""), ids.get(i), vocabulary));
    }
    return out;
  }

  private static int named(JsonNode token, TokenizerVocabulary vocabulary) {
    return checked(token.path(0).asText(""), token.path(1), vocabulary);
  }

  private static int checked(String name, JsonNode id, TokenizerVocabulary vocabulary) {
    OptionalInt known = vocabulary.id(name);
    if (known.isEmpty() || !id.isInt() || id.intValue() != known.getAsInt()) {
      throw TokenizerPipeline.bad(
          "a post-processor with token '"
              + name
              + "' of id "
              + id
              + ", but in the vocabulary it has "
              + (known.isEmpty() ? "none" : "" + known.getAsInt()));
    }
    return id.intValue();
  }
}
