package io.cipherstream.server.serving;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** There is no model to serve; the message says why, model by model. */
public final class NoModelException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NoModelException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  static NoModelException of(Map<String, RuntimeException> failures) {
    StringBuilder message = new StringBuilder("no model is left to serve");
    failures.forEach(
        (name, failure) ->
            message.append("; ").append(name).append(": ").append(failure.getMessage()));
    return new NoModelException(message.toString(), failures.values().iterator().next());
  }
}
