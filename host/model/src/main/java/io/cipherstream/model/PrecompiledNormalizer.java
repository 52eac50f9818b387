package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;

/**
 * SentencePiece's compiled table of replacements, a trie in two arrays and the texts that it leads
 * to. The native reader trusts its indices, so every one that a text can reach is checked here.
 */
final class PrecompiledNormalizer {

  /** Longest table in bytes. */
  static final int BYTES_MAX = 4 << 20;

  /** Longest text that stands for a character; Unicode's own longest has 33 bytes. */
  static final int TEXT_BYTES_MAX = 128;

  private PrecompiledNormalizer() {}

  /**
   * @param map base64 of: length of the trie in bytes, the trie's 32-bit units, zero-ended texts
   * @throws ModelException of kind TOKENIZER if an index leads outside
   */
  static void check(JsonNode map) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(map.asText(""));
    } catch (IllegalArgumentException e) {
      throw bad("is not base64");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < 8 || bytes.length > BYTES_MAX) {
      throw bad("has " + bytes.length + " bytes, expected 8 to " + BYTES_MAX);
    }
    int trieBytes = in.getInt();
    if (trieBytes < 4 || trieBytes % 4 != 0 || trieBytes > in.remaining()) {
      throw bad("has a trie of " + trieBytes + " bytes in " + bytes.length);
    }
    int[] units = new int[trieBytes / 4];
    in.asIntBuffer().get(units);
    int textsAt = 4 + trieBytes;
    BertTokenizer.decodeUtf8(Arrays.copyOfRange(bytes, textsAt, bytes.length));
    BitSet seen = new BitSet(units.length);
    ArrayDeque<Integer> open = new ArrayDeque<>();
    open.add(offset(units[0]));
    while (!open.isEmpty()) {
      int base = open.remove();
      for (int c = 1; c < 256; c++) {
        int node = base ^ c;
        if (node < 0 || node >= units.length) {
          throw bad("leads outside its trie");
        }
        if ((units[node] & 0x8000_00FF) != c || seen.get(node)) {
          continue;
        }
        seen.set(node);
        int next = node ^ offset(units[node]);
        if (next < 0 || next >= units.length) {
          throw bad("leads outside its trie");
        }
        if ((units[node] >>> 8 & 1) == 1) {
          checkText(bytes, textsAt, units[next] & 0x7FFF_FFFF);
        }
        open.add(next);
      }
    }
  }

  private static int offset(int unit) {
    return unit >>> 10 << ((unit & 1 << 9) >>> 6);
  }

  private static void checkText(byte[] bytes, int textsAt, int index) {
    int at = textsAt + index;
    boolean starts = at >= textsAt && at < bytes.length && (bytes[at] & 0xC0) != 0x80;
    if (!starts) {
      throw bad("leads outside its texts");
    }
    int end = at;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    if (end - at > TEXT_BYTES_MAX) {
      throw bad("puts " + (end - at) + " bytes for a character, expected " + TEXT_BYTES_MAX);
    }
  }

  private static ModelException bad(String what) {
    return TokenizerPipeline.bad("a normalizer Precompiled whose table " + what);
  }
}
