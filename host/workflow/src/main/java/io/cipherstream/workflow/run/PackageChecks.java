package io.cipherstream.workflow.run;

import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelShape;
import io.cipherstream.workflow.report.AgreementCheck;
import io.cipherstream.workflow.train.Example;
import java.util.List;

/** Checks of the encrypted program, which this module does not know. */
public interface PackageChecks {

  /**
   * Whether a THE-X model of this shape can run encrypted at all; a sealed one has the shape and
   * the parameter set that its program was made for.
   *
   * @throws IllegalArgumentException if no parameter set holds it
   */
  void checkShape(ModelShape shape);

  /**
   * Computes a package's plans and stores them in its manifest.
   *
   * @throws IllegalArgumentException if a bound fits no parameter set
   */
  void plan(ModelPackage written);

  /** Compares the encrypted program on plain slots with the plaintext pass. */
  AgreementCheck simulated(Checked what, RunListener listener);

  /**
   * Compares the encrypted program on ciphertexts with the plaintext pass.
   *
   * @param examples most examples to compute
   */
  AgreementCheck encrypted(Checked what, int examples, RunListener listener);

  /**
   * A package to check.
   *
   * @param title of its model, for readers
   * @param pack one with at least one mode
   * @param classes whether answers are classes
   * @param dev examples to choose from
   */
  record Checked(String title, ModelPackage pack, boolean classes, List<Example> dev) {

    public Checked {
      dev = List.copyOf(dev);
    }
  }
}
