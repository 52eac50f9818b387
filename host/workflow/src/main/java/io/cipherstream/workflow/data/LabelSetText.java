package io.cipherstream.workflow.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Reads any number of labels from a cell: {@code a,b}, names or indices, or a JSON array where a
 * name has a comma. An empty cell has none.
 */
final class LabelSetText {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final List<String> labels;

  /**
   * @param labels names in the order of the model's outputs
   */
  LabelSetText(List<String> labels) {
    this.labels = List.copyOf(labels);
  }

  /**
   * The labels' indices, ascending.
   *
   * @param at file and line
   * @throws DataException of kind LABEL
   */
  List<Integer> parse(String at, String cell) {
    String bare = cell.strip();
    TreeSet<Integer> found = new TreeSet<>();
    if (bare.isEmpty()) {
      return List.of();
    }
    for (String name : bare.startsWith("[") ? array(at, bare) : List.of(bare.split(",", -1))) {
      if (!found.add(index(at, name.strip()))) {
        throw wrong(at + ": label '" + TextLines.shortened(name.strip()) + "' stands twice");
      }
    }
    return List.copyOf(found);
  }

  private static List<String> array(String at, String text) {
    List<String> names = new ArrayList<>();
    try {
      for (JsonNode name : JSON.readTree(text)) {
        if (!name.isTextual() && !name.isInt()) {
          throw wrong(at + ": label " + name + ": expected names or indices");
        }
        names.add(name.asText());
      }
    } catch (JsonProcessingException e) {
      throw new DataException(
          DataException.Kind.LABEL,
          at
              + ": '"
              + TextLines.shortened(text)
              + "' is not a JSON array of labels, such as [\"a, b\",\"c\"]",
          e);
    }
    return names;
  }

  private int index(String at, String name) {
    int index = labels.indexOf(name);
    if (index < 0) {
      index = TargetText.indexBelow(name, labels.size());
    }
    if (index < 0) {
      throw wrong(
          at
              + ": label '"
              + TextLines.shortened(name)
              + "' is unknown: expected some of "
              + labels
              + " or indices below "
              + labels.size()
              + ", with commas between them");
    }
    return index;
  }

  private static DataException wrong(String message) {
    return new DataException(DataException.Kind.LABEL, message);
  }
}
