package io.cipherstream.cli.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.cli.base.CliException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeedListTest {

  @Test
  void seedsAndRangesAreTakenInOrder() {
    assertThat(SeedList.parse("1-3, 9,5-5")).containsExactly(1L, 2L, 3L, 9L, 5L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "3-1", "1-", "-1", "1-2-3", "1,,2", "1-2000000"})
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> SeedList.parse(text))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("--seeds " + text + ": expected seeds and ranges such as 1-20,35");
  }
}
