package io.cipherstream.transformer;

import java.util.Map;

/**
 * What one inference costs.
 *
 * @param operations operation → limbs → times, on the appliance
 * @param rounds interactions beside the first upload
 * @param payloadBytesUp bit-packed payload the client sends, seeded encryptions, without envelopes
 * @param payloadBytesDown bit-packed payload the appliance sends, without envelopes
 * @param keyBytes bit-packed seeded evaluation keys, uploaded once per session
 * @param weightBytes encoded weights the appliance holds for this mode and token class
 */
public record PlanCosts(
    Map<OperationCounts.Operation, Map<Integer, Long>> operations,
    int rounds,
    long payloadBytesUp,
    long payloadBytesDown,
    long keyBytes,
    long weightBytes) {}
