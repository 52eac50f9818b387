package io.cipherstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.model.ModelException;
import io.cipherstream.network.NetworkTrials.Trial;
import io.cipherstream.polynomial.ActivationModule;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Right answers to digits that were not trained on. */
@Tag("slow")
class NetworkTrialsTest {

  private static List<double[]> labelled() {
    return NumberRows.read(DigitsKan.resource("digits-labelled.csv"));
  }

  @Test
  void aConvolutionalNetworkIsWithinHalfAPointOfItsReLUsWithDegreeFour() {
    NetworkTrials trials = new NetworkTrials(NumberRows.read(DigitsKan.TRAINED_ON), labelled());
    List<Trial> found =
        trials.layers(
            DigitsKan.resource("digits-cnn.onnx"), List.of(ActivationModule.RELU), List.of(4));
    System.out.println(found);
    assertThat(trials.questions()).isEqualTo(360);
    Trial itself = found.get(0);
    Trial four = found.get(1);
    assertThat(itself.degree()).isZero();
    assertThat(four.degree()).isEqualTo(4);
    assertThat(four.levels()).isEqualTo(7);
    assertThat(four.right()).as("0.5 points of 360").isGreaterThanOrEqualTo(itself.right() - 1);
  }

  @Test
  void splinesKeepTheirAnswersWithDegreeFifteen() {
    NetworkTrials trials = new NetworkTrials(NumberRows.read(DigitsKan.TRAINED_ON), labelled());
    List<Trial> found = trials.kan(DigitsKan.FILE, List.of(15));
    System.out.println(found);
    assertThat(found.get(0).right()).isEqualTo(352);
    assertThat(found.get(1).right()).isGreaterThanOrEqualTo(350);
  }

  @Test
  void rowsWithoutALabelOrOfAnotherWidthAreRefused() {
    assertThatThrownBy(
            () -> new NetworkTrials(List.of(), List.of(new double[] {1, 2}, new double[] {1, 2.5})))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("row 2 of the labelled questions ends with 2.5");
    NetworkTrials narrow = new NetworkTrials(List.of(), List.of(new double[] {1, 2}));
    assertThatThrownBy(() -> narrow.kan(DigitsKan.FILE, List.of(15)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("of 1 numbers and a label: the network takes 64");
    refused(
        () -> new NetworkTrials(List.of(), List.of(new double[] {1, 2}, new double[0])),
        "row 2 of the labelled questions has 0 numbers");
    refused(
        () -> new NetworkTrials(List.of(), List.of(new double[] {1})),
        "row 1 of the labelled questions has 1 numbers");
  }

  @Test
  void labelsBeyondTheOutputsAreRefused() {
    double[] row = new double[65];
    double[] beyond = row.clone();
    beyond[64] = 10;
    NetworkTrials trials = new NetworkTrials(List.of(row), List.of(row, beyond));
    String told = "row 2 of the labelled questions ends with 10: the network has 10 outputs";
    refused(() -> trials.kan(DigitsKan.FILE, List.of()), told);
    refused(() -> trials.layers(DigitsKan.resource("digits-cnn.onnx"), List.of(), List.of()), told);
  }

  private static void refused(ThrowingCallable call, String told) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.kind()).isEqualTo(ModelException.Kind.VALUE))
        .hasMessageContaining(told);
  }
}
