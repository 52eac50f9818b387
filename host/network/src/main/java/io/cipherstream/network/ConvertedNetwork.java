package io.cipherstream.network;

import io.cipherstream.model.FitReport;
import java.util.List;

/**
 * A network in the form that ciphertexts take, and how well it stands for the one that was given.
 *
 * @param fits one for each layer whose functions became polynomials
 */
record ConvertedNetwork(Network network, List<FitReport> fits) {

  ConvertedNetwork {
    fits = List.copyOf(fits);
  }
}
