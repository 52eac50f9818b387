package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ring.Completion;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Allocates results, submits programs, and frees the results when that fails. */
final class Runner {

  private final LimbArithmetic arithmetic;
  private final LimbEngine engine;
  private final Residents residents;

  Runner(LimbArithmetic arithmetic, Residents residents) {
    this.arithmetic = arithmetic;
    this.engine = residents.engine();
    this.residents = residents;
  }

  Ciphertext upload(CiphertextForm form, ByteBuffer words) {
    LimbCiphertext result = allocate(form);
    try {
      engine.upload(words, result.view().buffer(), 0);
      return result;
    } catch (RuntimeException | Error e) {
      result.close();
      throw e;
    }
  }

  private LimbCiphertext allocate(CiphertextForm form) {
    long words = form.words(arithmetic.parameters());
    LimbBuffer buffer = residents.withRoom(() -> engine.allocate(words));
    return new LimbCiphertext(arithmetic, buffer, form);
  }

  /** A program with ciphertext inputs, then other inputs, then one output. */
  Ciphertext run(
      LimbProgram program,
      List<? extends Ciphertext> inputs,
      List<LimbView> others,
      CiphertextForm form) {
    List<Ciphertext> results = new ArrayList<>();
    var unused = submit(program, inputs, others, List.of(form), results);
    return results.get(0);
  }

  /**
   * A program with several outputs of size 2 whose results count only if it found no zero word;
   * waits for it.
   *
   * @param scales of the outputs, as many as there are
   * @return empty if it found one
   */
  Optional<List<Ciphertext>> runExact(
      LimbProgram program,
      List<? extends Ciphertext> inputs,
      List<LimbView> others,
      int limbs,
      List<Double> scales) {
    List<Ciphertext> results = new ArrayList<>();
    List<CiphertextForm> forms =
        scales.stream().map(scale -> new CiphertextForm(2, limbs, scale)).toList();
    Completion completion = submit(program, inputs, others, forms, results);
    if (!program.countsZeros()) {
      return Optional.of(results);
    }
    boolean exact = false;
    try {
      exact = completion.await().zeroWords() == 0;
    } finally {
      if (!exact) {
        results.forEach(Ciphertext::close);
      }
    }
    return exact ? Optional.of(results) : Optional.empty();
  }

  private Completion submit(
      LimbProgram program,
      List<? extends Ciphertext> inputs,
      List<LimbView> others,
      List<CiphertextForm> forms,
      List<Ciphertext> results) {
    try {
      List<LimbView> views = new ArrayList<>();
      inputs.forEach(input -> views.add(((LimbCiphertext) input).view()));
      views.addAll(others);
      for (CiphertextForm form : forms) {
        LimbCiphertext result = allocate(form);
        results.add(result);
        views.add(result.view());
      }
      return residents.withRoom(() -> engine.submit(program, views));
    } catch (RuntimeException | Error e) {
      results.forEach(Ciphertext::close);
      throw e;
    }
  }
}
