package io.cipherstream.network;

import io.cipherstream.polynomial.ActivationModule;
import java.util.ArrayList;
import java.util.List;

/**
 * A network of linear layers and activations in turns, as a file has it.
 *
 * @param input of the first map
 * @param maps one more than activations
 * @param activations between them
 */
record LayerStack(ImageShape input, List<AffineMap> maps, List<ActivationModule> activations) {

  LayerStack {
    maps = List.copyOf(maps);
    activations = List.copyOf(activations);
  }

  /** With other activations. */
  LayerStack with(List<ActivationModule> others) {
    return new LayerStack(input, maps, others);
  }

  /** What goes into each activation, and the outputs at the end. */
  List<double[]> pass(double[] x) {
    List<double[]> all = new ArrayList<>();
    double[] here = x;
    for (int l = 0; l < maps.size(); l++) {
      double[] sums = maps.get(l).apply(here);
      all.add(sums);
      if (l < activations.size()) {
        here = new double[sums.length];
        for (int i = 0; i < sums.length; i++) {
          here[i] = activations.get(l).applyAsDouble(sums[i]);
        }
      }
    }
    return all;
  }
}
