package io.cipherstream.client;

import java.util.List;

/**
 * How a request went that is no transformer's: a query of tracks, or questions to a network.
 *
 * @param mode what the appliance sees of the request's kind: {@code single} or {@code pair} of a
 *     query, {@code sealed} of a network
 * @param size what it sees of the request's size: ciphertexts of a query, questions that one
 *     request to a network could have
 * @param engine name of what computed the answer
 * @param enginesFailed engines that failed before
 * @param bytesUp message bytes sent, keys not included
 * @param bytesDown message bytes received
 * @param keyBytes key bytes uploaded because of this call
 * @param serverSeconds what the client waited for the appliance, transfer included
 * @param computeSeconds the appliance's step on ciphertexts, queueing included, by its own clock
 * @param totalSeconds from question to answer, key upload not included
 */
public record RequestReport(
    String mode,
    int size,
    String engine,
    List<String> enginesFailed,
    long bytesUp,
    long bytesDown,
    long keyBytes,
    double serverSeconds,
    double computeSeconds,
    double totalSeconds) {

  public RequestReport {
    enginesFailed = List.copyOf(enginesFailed);
  }
}
