package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Assertions about typed errors. */
final class Expect {

  private Expect() {}

  static AbstractThrowableAssert<?, ? extends Throwable> kind(
      ModelException.Kind kind, ThrowingCallable call) {
    AbstractThrowableAssert<?, ? extends Throwable> thrown = assertThatThrownBy(call);
    thrown
        .isInstanceOf(ModelException.class)
        .extracting(e -> ((ModelException) e).kind())
        .isEqualTo(kind);
    return thrown;
  }
}
