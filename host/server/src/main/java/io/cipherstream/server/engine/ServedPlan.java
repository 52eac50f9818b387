package io.cipherstream.server.engine;

import io.cipherstream.ckks.CkksParameters;
import java.util.List;
import java.util.SortedMap;

/**
 * What the network side knows of one way to run a model.
 *
 * @param mode label of the inference mode
 * @param tokenClass tokens it has room for
 * @param inputs ciphertexts expected before round 0
 * @param result ciphertexts sent at the end
 * @param rotationLimbs rotation step to the limbs its key must serve
 * @param relinearizationLimbs limbs the relinearisation key must serve; 0 if none is needed
 * @param digest both sides' plans are equal if these are
 */
public record ServedPlan(
    String mode,
    int tokenClass,
    CkksParameters parameters,
    List<CiphertextShape> inputs,
    List<RoundShape> rounds,
    List<CiphertextShape> result,
    SortedMap<Integer, Integer> rotationLimbs,
    int relinearizationLimbs,
    String digest) {}
