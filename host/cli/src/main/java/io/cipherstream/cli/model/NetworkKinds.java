package io.cipherstream.cli.model;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.network.NetworkImport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What options of networks mean for the two kinds: layers, and Kolmogorov–Arnold networks. */
final class NetworkKinds {

  private NetworkKinds() {}

  /**
   * The degree of the polynomials if none is given.
   *
   * @param kan whether it is a Kolmogorov–Arnold network
   * @param activations in place of the network's own, or null
   * @throws CliException of kind USAGE for activations of a network that has none
   */
  static int degree(boolean kan, @Nullable List<String> activations) {
    if (kan && activations != null) {
      throw new CliException(
          ExitCodes.USAGE, "--activation is for activations between layers; a KAN has splines");
    }
    return kan ? NetworkImport.SPLINE_DEGREE : NetworkImport.ACTIVATION_DEGREE;
  }
}
