package io.cipherstream.cli.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class LabelListTest {

  private static LabelList read(String value) {
    return new LabelList.Reader().convert(value);
  }

  @Test
  void namesStandBetweenCommasOrInAnArray() {
    assertThat(read("no,yes").names()).containsExactly("no", "yes");
    assertThat(read("[\"a, b\",\"ü\"]").names()).containsExactly("a, b", "ü");
    assertThat(read(read("[\"a, b\",\"c\"]").toString())).isEqualTo(read("[\"a, b\",\"c\"]"));
    assertThat(read("no,yes")).hasToString("no,yes");
  }

  @Test
  void whatIsNoArrayOfStringsIsRefused() {
    for (String bad : new String[] {"[\"a\"", "[1,2]", "[\"a\"] b", "[[\"a\"]]"}) {
      assertThatThrownBy(() -> read(bad))
          .isInstanceOf(CommandLine.TypeConversionException.class)
          .hasMessageContaining("JSON array of strings");
    }
  }
}
