package io.cipherstream.workflow.miniature;

import java.util.ArrayList;
import java.util.List;

/**
 * The words and the one rule of the miniature: <em>the [adjective] noun preposition the [adjective]
 * noun [adverb] verb complement</em>, one noun singular, the other plural. A sentence is right if
 * its verb has the number of the first noun, the subject. The second noun and everything else must
 * not matter.
 */
final class AgreementGrammar {

  static final List<String> NOUNS =
      List.of(
          "key", "cabinet", "letter", "drawer", "lamp", "table", "picture", "wall", "bird", "tree",
          "boat", "river");
  static final List<String> ADJECTIVES =
      List.of("old", "small", "green", "heavy", "quiet", "wooden", "bright", "plain");
  static final List<String> PREPOSITIONS = List.of("near", "behind", "above", "under");
  static final List<String> ADVERBS = List.of("still", "often", "rarely", "always");
  static final List<String> COMPLEMENTS =
      List.of("missing", "visible", "useful", "dusty", "famous", "lost", "new", "safe");

  private static final String THE = "the";
  private static final String SINGULAR_VERB = "is";
  private static final String PLURAL_VERB = "are";

  private AgreementGrammar() {}

  /** All words, each once, in a fixed order. */
  static List<String> words() {
    List<String> out = new ArrayList<>(List.of(THE, SINGULAR_VERB, PLURAL_VERB));
    for (String noun : NOUNS) {
      out.add(noun);
      out.add(plural(noun));
    }
    out.addAll(ADJECTIVES);
    out.addAll(PREPOSITIONS);
    out.addAll(ADVERBS);
    out.addAll(COMPLEMENTS);
    return out;
  }

  static String plural(String noun) {
    return noun + "s";
  }

  /**
   * The parts of a sentence.
   *
   * @param first subject as written, with its number
   * @param second the other noun as written
   * @param before adjectives of the first and the second noun, empty for none
   * @param plural whether the verb is in the plural
   * @param rest preposition, adverb (or empty), complement
   */
  record Parts(
      String first, String second, List<String> before, boolean plural, List<String> rest) {

    /** The same words with the nouns exchanged: the other answer. */
    Parts mirrored() {
      return new Parts(/* first= */ second, /* second= */ first, before, plural, rest);
    }

    String sentence() {
      List<String> out = new ArrayList<>();
      out.addAll(List.of(THE, before.get(0), first, rest.get(0)));
      out.addAll(List.of(THE, before.get(1), second, rest.get(1)));
      out.addAll(List.of(plural ? PLURAL_VERB : SINGULAR_VERB, rest.get(2)));
      out.removeIf(String::isEmpty);
      return String.join(" ", out);
    }
  }

  /**
   * The rule, from the sentence alone: whether its verb has the number of its first noun.
   *
   * @throws IllegalArgumentException if the sentence has no noun or no verb of this grammar
   */
  static boolean isRight(String sentence) {
    List<String> words = List.of(sentence.split(" "));
    boolean plural = words.contains(PLURAL_VERB);
    if (!plural && !words.contains(SINGULAR_VERB)) {
      throw new IllegalArgumentException("'" + sentence + "' has no verb: expected is or are");
    }
    for (String word : words) {
      if (NOUNS.contains(word)) {
        return !plural;
      }
      if (word.endsWith("s") && NOUNS.contains(word.substring(0, word.length() - 1))) {
        return plural;
      }
    }
    throw new IllegalArgumentException("'" + sentence + "' has no noun of this grammar");
  }
}
