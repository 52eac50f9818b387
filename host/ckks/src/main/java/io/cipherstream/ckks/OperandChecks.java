package io.cipherstream.ckks;

import io.cipherstream.ckks.CkksException.Kind;
import java.util.List;

/**
 * What operations of a {@link CkksEvaluator} require of their operands, and the forms of their
 * results. Every failure is a {@link CkksException} that begins with the operation's name.
 */
final class OperandChecks {

  private final CkksArithmetic arithmetic;
  private final CkksParameters parameters;

  OperandChecks(CkksArithmetic arithmetic) {
    this.arithmetic = arithmetic;
    this.parameters = arithmetic.parameters();
  }

  /** The form of a sum or difference of two. */
  CiphertextForm addends(String operation, Ciphertext a, Ciphertext b) {
    own(operation, a);
    own(operation, b);
    CkksChecks.equalLimbs(operation, a.limbs(), b.limbs());
    CkksChecks.equalScales(operation, a.scale(), b.scale());
    return CiphertextForm.of(a).withSize(Math.max(a.size(), b.size()));
  }

  /** The form of a product, whose scale has to fit. */
  CiphertextForm product(String operation, int size, int limbs, double scale) {
    CkksChecks.scale(operation, parameters, limbs, scale);
    return new CiphertextForm(size, limbs, scale);
  }

  /** The form of the first of one or more ciphertexts of one size, limb count and scale. */
  CiphertextForm common(String operation, List<? extends Ciphertext> terms) {
    if (terms.isEmpty() || terms.size() > CkksEvaluator.TERMS_MAX) {
      throw new CkksException(
          Kind.SHAPE,
          operation + ": " + terms.size() + " terms, expected 1 to " + CkksEvaluator.TERMS_MAX);
    }
    Ciphertext first = terms.get(0);
    for (Ciphertext term : terms) {
      own(operation, term);
      CkksChecks.size(operation, term, first.size());
      CkksChecks.equalLimbs(operation, first.limbs(), term.limbs());
      CkksChecks.equalScales(operation, first.scale(), term.scale());
    }
    return CiphertextForm.of(first);
  }

  /** The step of conjugation, after its checks. */
  int conjugation(String operation, Ciphertext a, EvaluationKeys keys) {
    own(operation, a);
    own(operation, keys);
    CkksChecks.size(operation, a, 2);
    int step = parameters.conjugationStep();
    CkksChecks.rotationKey(operation, keys, step, a.limbs());
    return step;
  }

  /** Requires the key of a rotation. */
  void rotationKey(String operation, Ciphertext a, int step, EvaluationKeys keys) {
    var unused = CkksChecks.step(operation, parameters, step);
    own(operation, keys);
    CkksChecks.rotationKey(operation, keys, step, a.limbs());
  }

  void own(String operation, Ciphertext a) {
    own(operation, "ciphertext", arithmetic.owns(a));
  }

  void own(String operation, Plaintext a) {
    own(operation, "plaintext", arithmetic.owns(a));
  }

  void own(String operation, PeriodicPlaintexts a) {
    own(operation, "periodic plaintext array", arithmetic.owns(a));
  }

  void own(String operation, EvaluationKeys a) {
    own(operation, "key set", arithmetic.owns(a));
  }

  void own(String operation, String what, boolean owned) {
    if (!owned) {
      throw new CkksException(
          Kind.SHAPE,
          operation
              + ": a "
              + what
              + " of another engine or parameter set, expected one of "
              + arithmetic.name()
              + " with "
              + parameters);
    }
  }
}
