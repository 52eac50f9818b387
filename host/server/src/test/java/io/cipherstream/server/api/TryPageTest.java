package io.cipherstream.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import org.junit.jupiter.api.Test;

/** Which paths are the page's, and an appliance that has no page; over HTTP it is TryPageIT's. */
class TryPageTest {

  @Test
  void ownsItsPathsAloneAndOnlyWhenItIsOn() {
    TryPage on = new TryPage(true);
    assertThat(on.owns("/try")).isTrue();
    assertThat(on.owns("/try/page.js")).isTrue();
    assertThat(on.owns("/tryst")).isFalse();
    assertThat(on.owns("/v2/try")).isFalse();
    assertThat(on.owns(null)).isFalse();
    assertThat(new TryPage(false).owns("/try")).isFalse();
  }

  @Test
  void anApplianceBuiltWithoutNpmSaysWhatToDo() {
    TryPage without = new TryPage(true, "io/cipherstream/server/nowhere/");
    assertThat(without.owns("/try")).isTrue();
    assertThatThrownBy(() -> without.file("index.html"))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.type()).isEqualTo(ProblemType.NOT_FOUND))
        .hasMessageContaining("built with npm")
        .hasMessageContaining("install npm");
  }
}
