package io.cipherstream.network;

import static java.util.Collections.nCopies;

import io.cipherstream.model.ModelException;
import io.cipherstream.polynomial.ActivationModule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What a network answers to labelled questions with its own functions, and with polynomials of
 * several degrees in their place; nothing is encrypted or written.
 */
public final class NetworkTrials {

  private final List<double[]> samples;
  private final List<double[]> questions = new ArrayList<>();
  private final List<Integer> labels = new ArrayList<>();

  /**
   * @param module name of the functions
   * @param degree of the polynomials that stand for them; 0 for the functions themselves
   * @param levels of the encrypted pass; 0 for the functions themselves
   * @param right questions whose largest output is that of their label
   * @param largestError largest error of a polynomial on its interval
   */
  public record Trial(String module, int degree, int levels, int right, double largestError) {}

  /**
   * @param samples questions as the network will get them, from which ranges and weights are taken
   * @param labelled questions, each with the number of its right output, from 0, behind its numbers
   * @throws ModelException of kind VALUE for a row without numbers, or a label that is no number of
   *     an output
   */
  public NetworkTrials(List<double[]> samples, List<double[]> labelled) {
    this.samples = List.copyOf(samples);
    for (double[] row : labelled) {
      if (row.length < 2) {
        throw new ModelException(
            ModelException.Kind.VALUE,
            "row "
                + (questions.size() + 1)
                + " of the labelled questions has "
                + row.length
                + " numbers: expected a question's, and behind them the number of its right output");
      }
      double label = row[row.length - 1];
      if (label < 0 || label != Math.rint(label) || label > LayerShape.WIDTH_MAX) {
        throw new ModelException(
            ModelException.Kind.VALUE,
            "row "
                + (questions.size() + 1)
                + " of the labelled questions ends with "
                + label
                + ": expected the number of its right output, from 0, behind its numbers");
      }
      questions.add(Arrays.copyOf(row, row.length - 1));
      labels.add((int) label);
    }
  }

  /** How many questions there are. */
  public int questions() {
    return questions.size();
  }

  /**
   * Tries a Kolmogorov–Arnold network.
   *
   * @throws ModelException as {@link NetworkImport#kan}, of kind SHAPE for questions of another
   *     width, VALUE for a label beyond its outputs
   */
  public List<Trial> kan(Path file, List<Integer> degrees) {
    List<KanLayer> layers = KanFile.read(file);
    check(layers.get(0).inputs(), layers.get(layers.size() - 1).outputs());
    List<Trial> trials = new ArrayList<>();
    trials.add(
        itself(
            "spline",
            question -> {
              double[] x = question;
              for (KanLayer layer : layers) {
                x = layer.outputs(x);
              }
              return x;
            }));
    for (int degree : degrees) {
      trials.add(tried("spline", degree, KanConversion.of(layers, samples, degree)));
    }
    return trials;
  }

  /**
   * Tries linear layers with each activation in the place of all of the file's own.
   *
   * @param modules none for the file's own activations
   * @throws ModelException as {@link NetworkImport#layers}, of kind SHAPE for questions of another
   *     width, VALUE for a label beyond its outputs
   */
  public List<Trial> layers(Path file, List<ActivationModule> modules, List<Integer> degrees) {
    LayerStack own = OnnxLayers.read(file);
    check(own.input().count(), own.maps().get(own.maps().size() - 1).outputs());
    List<Trial> trials = new ArrayList<>();
    if (modules.isEmpty()) {
      trials.addAll(tried("its own", own, degrees));
    }
    for (ActivationModule module : modules) {
      trials.addAll(
          tried(module.text(), own.with(nCopies(own.activations().size(), module)), degrees));
    }
    return trials;
  }

  private List<Trial> tried(String module, LayerStack layers, List<Integer> degrees) {
    List<Trial> trials = new ArrayList<>();
    trials.add(
        itself(
            module,
            question -> {
              List<double[]> pass = layers.pass(question);
              return pass.get(pass.size() - 1);
            }));
    for (int degree : degrees) {
      trials.add(tried(module, degree, ActivationConversion.of(layers, samples, degree)));
    }
    return trials;
  }

  private void check(int inputs, int outputs) {
    if (!questions.isEmpty() && questions.get(0).length != inputs) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "labelled questions of "
              + questions.get(0).length
              + " numbers and a label: the network takes "
              + inputs);
    }
    for (int q = 0; q < labels.size(); q++) {
      if (labels.get(q) >= outputs) {
        throw new ModelException(
            ModelException.Kind.VALUE,
            "row "
                + (q + 1)
                + " of the labelled questions ends with "
                + labels.get(q)
                + ": the network has "
                + outputs
                + " outputs, numbered from 0");
      }
    }
  }

  private Trial itself(String module, UnaryOperator<double[]> pass) {
    return new Trial(module, 0, 0, right(pass), 0);
  }

  private Trial tried(String module, int degree, ConvertedNetwork converted) {
    NetworkShape shape = converted.network().shape();
    double error = converted.fits().stream().mapToDouble(f -> f.largestError()).max().orElse(0);
    int right = right(x -> Arrays.copyOf(converted.network().outputs(x), shape.answers()));
    return new Trial(module, degree, shape.levels(), right, error);
  }

  private int right(UnaryOperator<double[]> pass) {
    int right = 0;
    for (int q = 0; q < questions.size(); q++) {
      double[] outputs = pass.apply(questions.get(q));
      int largest = 0;
      for (int j = 1; j < outputs.length; j++) {
        largest = outputs[j] > outputs[largest] ? j : largest;
      }
      right += largest == labels.get(q) ? 1 : 0;
    }
    return right;
  }
}
