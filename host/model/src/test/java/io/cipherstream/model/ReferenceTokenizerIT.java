package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Word pieces of a bare vocab.txt, in Java, against Hugging Face's tokenizers. */
class ReferenceTokenizerIT {

  private static final int LIMIT = 100_000;

  @Test
  void devSentencesAgree() throws IOException {
    BertTokenizer reference = TokenizerReader.fromJson(Shared.model("tokenizer.json"), LIMIT);
    BertTokenizer ours = ours();
    List<String> sentences = Shared.devSentences();
    assertThat(sentences).hasSize(872);
    for (String sentence : sentences) {
      assertThat(ours.encode(sentence)).as(sentence).isEqualTo(reference.encode(sentence));
    }
  }

  @Test
  void randomUnicodeAgrees() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    BertTokenizer reference = TokenizerReader.fromJson(Shared.model("tokenizer.json"), LIMIT);
    BertTokenizer ours = ours();
    int[][] blocks = {
      {0x20, 0x7E},
      {0x20, 0x7E},
      {0xA0, 0x17F},
      {0x300, 0x36F},
      {0x391, 0x3C9},
      {0x410, 0x44F},
      {0x5D0, 0x5EA},
      {0x627, 0x64A},
      {0x905, 0x939},
      {0x2000, 0x206F},
      {0x20A0, 0x20B5},
      {0x3041, 0x3096},
      {0x4E00, 0x9FA5},
      {0xAC00, 0xD7A3},
      {0x1F600, 0x1F64F},
      {0x20000, 0x20010}
    };
    for (int round = 0; round < 3000; round++) {
      StringBuilder text = new StringBuilder("a ");
      int length = 1 + random.nextInt(30);
      for (int i = 0; i < length; i++) {
        int[] block = blocks[random.nextInt(blocks.length)];
        int c = block[0] + random.nextInt(block[1] - block[0] + 1);
        text.appendCodePoint(Character.isDefined(c) ? c : 'x');
        if (random.nextInt(6) == 0) {
          text.append(' ');
        }
      }
      String sentence = text.toString();
      assertThat(ours.encode(sentence))
          .as(() -> "seed " + seed + ": " + escape(sentence))
          .isEqualTo(reference.encode(sentence));
    }
  }

  private static BertTokenizer ours() throws IOException {
    WordPieces pieces = WordPieces.parse(Files.readAllBytes(Shared.model("vocab.txt")));
    return new BertTokenizer(pieces, TokenizerOptions.UNCASED, LIMIT);
  }

  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(c -> out.append(c < 127 ? Character.toString(c) : String.format("\\u{%x}", c)));
    return out.toString();
  }
}
