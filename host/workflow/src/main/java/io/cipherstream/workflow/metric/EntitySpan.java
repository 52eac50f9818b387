package io.cipherstream.workflow.metric;

import java.util.ArrayList;
import java.util.List;

/**
 * An entity in a sentence.
 *
 * @param type such as PER
 * @param from its first word, from 0
 * @param to its last word
 */
record EntitySpan(String type, int from, int to) {

  /**
   * The entities of a sentence's tags, as conlleval (and seqeval by default) finds them: B, I, O,
   * and also E and S (end, single); an I that follows no entity of its type begins one. The tag
   * stands before the first hyphen, the type behind it.
   *
   * @throws IllegalArgumentException for a tag that begins with another letter
   */
  static List<EntitySpan> of(List<String> tags) {
    List<EntitySpan> out = new ArrayList<>();
    char before = 'O';
    String typeBefore = "";
    int from = 0;
    for (int i = 0; i <= tags.size(); i++) {
      String tag = i < tags.size() ? tags.get(i) : "O";
      char letter = letter(tag);
      int hyphen = tag.indexOf('-');
      String type = hyphen < 0 ? "" : tag.substring(hyphen + 1);
      boolean otherType = before != 'O' && !type.equals(typeBefore);
      if (before != 'O' && (ends(before, letter) || otherType)) {
        out.add(new EntitySpan(typeBefore, from, i - 1));
      }
      if (letter != 'O' && (begins(before, letter) || otherType)) {
        from = i;
      }
      before = letter;
      typeBefore = type;
    }
    return out;
  }

  private static char letter(String tag) {
    char letter = tag.isEmpty() ? ' ' : tag.charAt(0);
    if ("BIOES".indexOf(letter) < 0 || (tag.length() > 1 && tag.charAt(1) != '-')) {
      throw new IllegalArgumentException(
          "tag '" + tag + "': expected O, or B, I, E or S, a hyphen and a type");
    }
    return letter;
  }

  /** Whether an entity ends between two tags of the same type. */
  private static boolean ends(char before, char now) {
    return before == 'E' || before == 'S' || now == 'B' || now == 'S' || now == 'O';
  }

  /** Whether an entity begins at the second of two tags of the same type. */
  private static boolean begins(char before, char now) {
    return now == 'B' || now == 'S' || before == 'E' || before == 'S' || before == 'O';
  }
}
