package io.cipherstream.client;

import java.util.List;

/**
 * The outcome of an inference, whatever carried it.
 *
 * @param outputs for each text the model's output rows: one, or without pooling one per token
 * @param bytesUp message bytes sent
 * @param bytesDown message bytes received
 * @param computeSeconds the appliance's steps on ciphertexts, queueing included, by its clock
 * @param clientSeconds packing, encryption, decryption and activations, as far as the inference
 *     waited for them
 * @param engine what computed the result
 * @param enginesFailed engines that failed before
 */
record InferenceOutcome(
    List<double[][]> outputs,
    long bytesUp,
    long bytesDown,
    double computeSeconds,
    double clientSeconds,
    List<String> warnings,
    String engine,
    List<String> enginesFailed) {}
