package io.cipherstream.cli;

import io.cipherstream.client.ClientException;
import io.cipherstream.client.ClientModel;
import java.util.List;

/** Looks at all texts before the first one is encrypted, so that a long job does not stop late. */
final class TokenCheck {

  private TokenCheck() {}

  static void all(ClientModel model, List<TextOptions.Origin> texts) {
    for (TextOptions.Origin text : texts) {
      try {
        model.tokens(text.question(model.input()));
      } catch (ClientException e) {
        if (text.origin().isEmpty()) {
          throw e;
        }
        throw new ClientException(e.kind(), text.origin() + ": " + e.getMessage(), e);
      }
    }
  }
}
