package io.cipherstream.client;

import java.util.List;

/**
 * What came out of an inference, whatever carried it.
 *
 * @param output the model's output rows: one, or without pooling one a token
 * @param bytesUp message bytes sent
 * @param bytesDown message bytes received
 * @param computeSeconds the appliance's steps on ciphertexts, queueing included, by its clock
 * @param clientSeconds packing, encryption, decryption and activations as far as the conversation
 *     waited for them
 * @param engine what computed the result
 * @param enginesFailed what failed before
 */
record InferenceOutcome(
    double[][] output,
    long bytesUp,
    long bytesDown,
    double computeSeconds,
    double clientSeconds,
    List<String> warnings,
    String engine,
    List<String> enginesFailed) {}
