package io.cipherstream.client;

import java.util.List;

/**
 * How a query of tracks went.
 *
 * @param mode {@code single} or {@code pair}: what the appliance sees of the query's kind
 * @param chunks ciphertexts of the query: what it sees of the tracks' size
 * @param engine name of what computed the answer
 * @param enginesFailed engines that failed before
 * @param bytesUp message bytes sent, keys not included
 * @param bytesDown message bytes received
 * @param keyBytes key bytes uploaded because of this call
 * @param serverSeconds what the client waited for the appliance, transfer included
 * @param computeSeconds the appliance's step on ciphertexts, queueing included, by its own clock
 * @param totalSeconds from question to answer, key upload not included
 */
public record IntervalReport(
    String mode,
    int chunks,
    String engine,
    List<String> enginesFailed,
    long bytesUp,
    long bytesDown,
    long keyBytes,
    double serverSeconds,
    double computeSeconds,
    double totalSeconds) {

  public IntervalReport {
    enginesFailed = List.copyOf(enginesFailed);
  }
}
