package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Tokens against what the Python package {@code tokenizers} gave, see {@code golden.py}. Of the
 * code points a drawn part is compared; {@code -Dtest.allCodePoints=true} compares every one,
 * {@code -Dtest.seed} repeats a draw.
 */
class GoldenTokensTest {

  /** Blocks of code points that a run compares, of each tokenizer. */
  private static final int DRAWN = 1;

  private static JsonNode golden;
  private final long seed = Long.getLong("test.seed", new Random().nextLong());

  @BeforeAll
  static void read() throws IOException {
    try (InputStream in = GoldenTokensTest.class.getResourceAsStream("/tokenizers/golden.json")) {
      golden = new JsonMapper().readTree(in);
    }
  }

  private static BertTokenizer tokenizer(String name) {
    byte[] file = golden.path("files").path(name).toString().getBytes(StandardCharsets.UTF_8);
    return new BertTokenizer(TokenizerJson.parse(file), 64);
  }

  private static List<String> names() {
    return golden.path("files").properties().stream().map(Map.Entry::getKey).toList();
  }

  @Test
  void codePointsAgree() throws Exception {
    System.out.println("GoldenTokensTest test.seed=" + seed);
    Random random = new Random(seed);
    int block = golden.path("block").intValue();
    for (String name : names()) {
      BertTokenizer tokenizer = tokenizer(name);
      JsonNode digests = golden.path("digests").path(name);
      List<Integer> blocks = new ArrayList<>(List.of(0));
      for (int i = 0; i < DRAWN; i++) {
        blocks.add(random.nextInt(digests.size()));
      }
      if (Boolean.getBoolean("test.allCodePoints")) {
        blocks.clear();
        for (int i = 0; i < digests.size(); i++) {
          blocks.add(i);
        }
      }
      for (int b : blocks) {
        String text = text(b * block, block);
        assertThat(digest(tokenizer.single(tokenizer.pieces(text)).ids()))
            .as("%s: block %d of code points, seed %d", name, b, seed)
            .isEqualTo(digests.get(b).textValue());
      }
    }
  }

  /** Each code point within a word, and as a word of its own. */
  private static String text(int start, int block) {
    StringBuilder out = new StringBuilder();
    for (int c = start; c < start + block; c++) {
      if (c < 0xD800 || c >= 0xE000) {
        out.append(out.length() == 0 ? "a" : " a").appendCodePoint(c).append("b ");
        out.appendCodePoint(c);
      }
    }
    return out.toString();
  }

  private static String digest(int[] ids) throws Exception {
    String text = Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(","));
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(digest).substring(0, 12);
  }

  @Test
  void hostileTextsAgree() {
    for (String name : names()) {
      BertTokenizer tokenizer = tokenizer(name);
      for (int i = 0; i < golden.path("texts").size(); i++) {
        String text = golden.path("texts").get(i).textValue();
        assertThat(tokenizer.single(tokenizer.pieces(text)).ids())
            .as("%s: %s", name, text)
            .isEqualTo(ints(golden.path("ids").path(name).get(i)));
      }
    }
  }

  @Test
  void pairsAndWordsAgree() {
    for (String name : names()) {
      BertTokenizer tokenizer = tokenizer(name);
      JsonNode pair = golden.path("pairs").path(name);
      TokenSequence tokens =
          tokenizer.pair(tokenizer.pieces("he met"), tokenizer.pieces("new york!"));
      assertThat(tokens.ids()).as(name).isEqualTo(ints(pair.get(0)));
      assertThat(tokens.segments()).as(name).isEqualTo(ints(pair.get(1)));
      JsonNode words = golden.path("words").path(name);
      EncodedQuestion encoded =
          QuestionEncoderTest.words(tokenizer)
              .encode(new Question.Words(List.of("he", "\u00ad", "met-she", "[SEP]", "café")));
      assertThat(encoded.tokens().ids()).as(name).isEqualTo(ints(words.get(0)));
      List<Integer> firsts = new ArrayList<>();
      int[] wordOf = ints(words.get(1));
      for (int t = 0; t < wordOf.length; t++) {
        if (wordOf[t] >= 0 && (t == 0 || wordOf[t - 1] != wordOf[t])) {
          firsts.add(t);
        }
      }
      assertThat(encoded.rows())
          .as(name)
          .containsExactly(firsts.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  /** A bare vocab.txt means the same as the tokenizer.json that transformers makes of it. */
  @Test
  void bareVocabularyAgrees() {
    for (Map.Entry<String, TokenizerOptions> known :
        Map.of("uncased", TokenizerOptions.UNCASED, "cased", TokenizerOptions.CASED).entrySet()) {
      JsonNode vocab = golden.path("files").path(known.getKey()).path("model").path("vocab");
      WordPieces pieces =
          new WordPieces(vocab.properties().stream().map(Map.Entry::getKey).toList());
      BertTokenizer tokenizer = new BertTokenizer(pieces, known.getValue(), 64);
      for (int i = 0; i < golden.path("texts").size(); i++) {
        String text = golden.path("texts").get(i).textValue();
        assertThat(tokenizer.single(tokenizer.pieces(text)).ids())
            .as("%s: %s", known.getKey(), text)
            .isEqualTo(ints(golden.path("ids").path(known.getKey()).get(i)));
      }
    }
  }

  private static int[] ints(JsonNode list) {
    int[] out = new int[list.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = list.get(i).intValue();
    }
    return out;
  }
}
