package io.cipherstream.server.tenant;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * What a tenant used in a day of UTC.
 *
 * @param sessions sessions made
 * @param keyBytes bytes of keys received
 * @param inferences inferences begun
 * @param answered those of them that gave an answer
 * @param computeMillis milliseconds of steps, during each of which the tenant has all processors of
 *     the appliance (or one of {@code compute.stepsAtOnce} shares of them)
 * @param bytesIn bytes of ciphertexts received
 * @param bytesOut bytes of ciphertexts sent
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Used(
    long sessions,
    long keyBytes,
    long inferences,
    long answered,
    long computeMillis,
    long bytesIn,
    long bytesOut) {

  static final Used NOTHING = new Used(0, 0, 0, 0, 0, 0, 0);

  Used plus(Used other) {
    return new Used(
        sessions + other.sessions,
        keyBytes + other.keyBytes,
        inferences + other.inferences,
        answered + other.answered,
        computeMillis + other.computeMillis,
        bytesIn + other.bytesIn,
        bytesOut + other.bytesOut);
  }
}
