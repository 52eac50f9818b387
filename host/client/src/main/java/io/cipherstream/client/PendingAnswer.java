package io.cipherstream.client;

import io.cipherstream.client.ClientException.Kind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A question whose answer is fetched later, by this client or another one with the same keys. It
 * holds no text: who fetches the answer must still have the question.
 *
 * @param job its id at the appliance
 * @param inference the id that the answer's ciphertexts must have
 */
public record PendingAnswer(String job, String inference) {

  private static final Pattern TEXT = Pattern.compile("([0-9a-f]{32})-([0-9a-f]{32})");

  /**
   * Reads what {@link #toString} wrote.
   *
   * @throws ClientException of kind INPUT_UNSUPPORTED for another text
   */
  public static PendingAnswer parse(String text) {
    Matcher both = TEXT.matcher(text);
    if (!both.matches()) {
      throw new ClientException(
          Kind.INPUT_UNSUPPORTED,
          "'" + text + "': expected a job as it was named when the question was asked");
    }
    return new PendingAnswer(both.group(1), both.group(2));
  }

  @Override
  public String toString() {
    return job + "-" + inference;
  }
}
