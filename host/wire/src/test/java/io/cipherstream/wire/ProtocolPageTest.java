package io.cipherstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.CkksParameters;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What docs/protocol.md says of envelopes is what this module writes. */
class ProtocolPageTest {

  private static final CkksParameters SET = CkksParameters.N8192;
  private static final Pattern FIELD =
      Pattern.compile("^\\| (\\d+) \\| (\\d+) \\| (.*) \\|$", Pattern.MULTILINE);

  private static String page;

  @BeforeAll
  static void read() throws IOException {
    page = Files.readString(Path.of("../../docs/protocol.md"));
  }

  @Test
  void theHeaderHasTheFieldsOfTheTable() {
    WireFixture f = new WireFixture(SET, 20);
    EnvelopeHeader header =
        new EnvelopeHeader(
            EnvelopeKind.ROTATION_KEY,
            WordPacking.BIT_PACKED,
            1,
            2,
            4,
            -5,
            f.at(7, 9),
            1.5,
            77,
            f.sessionId,
            SET.digest(),
            f.fingerprint);
    Map<String, Long> values =
        Map.of(
            "version",
            1L,
            "kind",
            3L,
            "form",
            1L,
            "packing",
            1L,
            "polynomials",
            1L,
            "limbs",
            2L,
            "digits",
            4L,
            "rotation",
            -5L,
            "round",
            7L,
            "index",
            9L);
    ByteBuf bytes = WireFixture.ALLOC.buffer();
    try {
      header.writeTo(bytes);
      int next = 0;
      int checked = 0;
      Matcher field = FIELD.matcher(page);
      while (field.find()) {
        int offset = Integer.parseInt(field.group(1));
        int length = Integer.parseInt(field.group(2));
        String text = field.group(3);
        assertThat(offset).as(text).isEqualTo(next);
        next = offset + length;
        boolean zero = IntStream.range(offset, next).allMatch(i -> bytes.getByte(i) == 0);
        assertThat(zero).as("%s at %s is zero", text, offset).isEqualTo(text.equals("zero"));
        Long value = values.get(text.split("\\W")[0]);
        if (value != null) {
          assertThat(signed(bytes, offset, length)).as(text).isEqualTo(value);
          checked++;
        }
      }
      assertThat(next).isEqualTo(EnvelopeHeader.BYTES);
      assertThat(checked).isEqualTo(values.size());
    } finally {
      bytes.release();
    }
  }

  private static long signed(ByteBuf bytes, int offset, int length) {
    return switch (length) {
      case 1 -> bytes.getByte(offset);
      case 2 -> bytes.getShortLE(offset);
      default -> bytes.getIntLE(offset);
    };
  }

  @Test
  void lengthsAndDigestAreThoseOfThePage() {
    assertThat(page)
        .contains(lengths(l -> EnvelopeSizes.seededCiphertext(SET, l, WordPacking.BIT_PACKED)))
        .contains(lengths(l -> EnvelopeSizes.ciphertext(SET, l, WordPacking.BIT_PACKED)))
        .contains(
            lengths(l -> EnvelopeSizes.key(SET, KeySpec.rotation(1, l), WordPacking.BIT_PACKED)))
        .contains(grouped(EnvelopeSizes.key(SET, KeySpec.publicKey(SET), WordPacking.BIT_PACKED)))
        .contains("has the digest `" + SET.digestHex() + "`");
  }

  private static String lengths(IntToLongFunction ofLimbs) {
    return IntStream.rangeClosed(1, 3)
        .mapToObj(limbs -> grouped(ofLimbs.applyAsLong(limbs)))
        .collect(Collectors.joining(" | ", "| ", " |"));
  }

  private static String grouped(long bytes) {
    return String.format(Locale.ROOT, "%,d", bytes).replace(',', ' ');
  }
}
