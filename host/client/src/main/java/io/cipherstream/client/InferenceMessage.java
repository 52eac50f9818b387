package io.cipherstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.wire.OwnedBuffer;

/** One whole message, or the end, of an inference connection. */
sealed interface InferenceMessage {

  /** A JSON message. */
  record Text(JsonNode json) implements InferenceMessage {}

  /** One envelope; whoever takes the message owns the buffer. */
  record Binary(OwnedBuffer envelope) implements InferenceMessage {}

  /** The appliance closed the connection. */
  record Closed(int status, String reason) implements InferenceMessage {}

  /** The connection broke, or a message was longer than allowed. */
  record Failed(Throwable cause) implements InferenceMessage {}
}
