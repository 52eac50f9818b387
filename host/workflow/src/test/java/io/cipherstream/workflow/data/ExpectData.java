package io.cipherstream.workflow.data;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Expects a {@link DataException} of a kind. */
final class ExpectData {

  private ExpectData() {}

  static AbstractThrowableAssert<?, ?> kind(DataException.Kind kind, ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            DataException.class,
            e -> org.assertj.core.api.Assertions.assertThat(e.kind()).isEqualTo(kind));
  }
}
