package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.EvaluationKeys;
import java.util.List;
import java.util.function.UnaryOperator;

/** What a step computes with: arithmetic, threads and one client's keys. */
record StepContext(CkksEvaluator evaluator, Parallel parallel, EvaluationKeys keys) {

  Ciphertext rotate(Ciphertext a, int step) {
    return evaluator.rotate(a, step, keys);
  }

  /** Drops the operand to fewer limbs; closes nothing. */
  Ciphertext drop(Ciphertext a, int limbs) {
    return evaluator.dropTo(a, limbs);
  }

  /** Relinearises and rescales; takes ownership of the product. */
  Ciphertext reduce(Ciphertext product) {
    try (Running running = new Running(product)) {
      return running.then(p -> evaluator.relinearize(p, keys)).then(evaluator::rescale).take();
    }
  }

  /** Applies a step to every element in parallel and closes the elements. */
  List<Ciphertext> replaceAll(List<Ciphertext> elements, UnaryOperator<Ciphertext> step) {
    try (Owned owned = new Owned()) {
      owned.keepAll(elements);
      return parallel.map(elements.size(), i -> step.apply(elements.get(i)));
    }
  }
}
