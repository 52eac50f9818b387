package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ring.Completion;
import io.cipherstream.ring.IntegerMatrix;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
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
    LimbCiphertext result = ciphertext(allocate(form), form, List.of());
    try {
      engine.upload(words, result.view().buffer(), 0);
      return result;
    } catch (RuntimeException | Error e) {
      result.close();
      throw e;
    }
  }

  private LimbBuffer allocate(CiphertextForm form) {
    long words = form.words(arithmetic.parameters());
    return residents.withRoom(() -> engine.allocate(words));
  }

  private LimbCiphertext ciphertext(
      LimbBuffer buffer, CiphertextForm form, List<Assumption> assumptions) {
    return new LimbCiphertext(arithmetic, buffer, form, assumptions);
  }

  private static List<Assumption> assumptions(List<? extends Ciphertext> inputs) {
    return Assumption.of(inputs.stream().map(i -> ((LimbCiphertext) i).assumptions()).toList());
  }

  /** A program with ciphertext inputs, then other inputs, then one output. */
  Ciphertext run(
      LimbProgram program,
      List<? extends Ciphertext> inputs,
      List<LimbView> others,
      CiphertextForm form) {
    List<LimbBuffer> results = new ArrayList<>();
    var unused = submit(program, inputs, others, List.of(form), results);
    return ciphertext(results.get(0), form, assumptions(inputs));
  }

  /**
   * A program with several outputs of size 2 whose results count only if it found no zero word.
   * Waits for it, unless that would cost a launch: then the results rest on an assumption.
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
    List<LimbBuffer> results = new ArrayList<>();
    List<CiphertextForm> forms =
        scales.stream().map(scale -> new CiphertextForm(2, limbs, scale)).toList();
    Completion completion = submit(program, inputs, others, forms, results);
    List<Assumption> assumptions = assumptions(inputs);
    boolean exact = !program.countsZeros();
    if (!exact && engine.capabilities().joins()) {
      assumptions.add(new Assumption(program.name(), completion));
      exact = true;
    }
    try {
      exact = exact || completion.await().zeroWords() == 0;
    } finally {
      if (!exact) {
        results.forEach(LimbBuffer::close);
      }
    }
    if (!exact) {
      return Optional.empty();
    }
    List<Ciphertext> made = new ArrayList<>();
    for (int i = 0; i < forms.size(); i++) {
      made.add(ciphertext(results.get(i), forms.get(i), assumptions));
    }
    return Optional.of(made);
  }

  /** A program with ciphertext inputs, then other inputs, then several outputs of one form. */
  List<Ciphertext> runAll(
      LimbProgram program,
      List<? extends Ciphertext> inputs,
      List<LimbView> others,
      int outputs,
      CiphertextForm form) {
    List<LimbBuffer> results = new ArrayList<>();
    var unused = submit(program, inputs, others, Collections.nCopies(outputs, form), results);
    return ciphertexts(results, form, assumptions(inputs));
  }

  /** m·x by the engine's own routine; empty if it has none. */
  Optional<List<Ciphertext>> multiply(
      IntegerMatrix m, List<? extends Ciphertext> x, CiphertextForm form) {
    List<LimbView> operands = x.stream().map(c -> ((LimbCiphertext) c).view()).toList();
    List<LimbBuffer> results = new ArrayList<>();
    boolean done = false;
    try {
      for (int r = 0; r < m.rows(); r++) {
        results.add(allocate(form));
      }
      done = engine.multiply(m, 0, operands, results.stream().map(LimbView::of).toList());
    } finally {
      if (!done) {
        results.forEach(LimbBuffer::close);
      }
    }
    return done ? Optional.of(ciphertexts(results, form, assumptions(x))) : Optional.empty();
  }

  private List<Ciphertext> ciphertexts(
      List<LimbBuffer> buffers, CiphertextForm form, List<Assumption> assumptions) {
    List<Ciphertext> made = new ArrayList<>();
    buffers.forEach(buffer -> made.add(ciphertext(buffer, form, assumptions)));
    return made;
  }

  private Completion submit(
      LimbProgram program,
      List<? extends Ciphertext> inputs,
      List<LimbView> others,
      List<CiphertextForm> forms,
      List<LimbBuffer> results) {
    try {
      List<LimbView> views = new ArrayList<>();
      inputs.forEach(input -> views.add(((LimbCiphertext) input).view()));
      views.addAll(others);
      for (CiphertextForm form : forms) {
        LimbBuffer result = allocate(form);
        results.add(result);
        views.add(LimbView.of(result));
      }
      return residents.withRoom(() -> engine.submit(program, views));
    } catch (RuntimeException | Error e) {
      results.forEach(LimbBuffer::close);
      throw e;
    }
  }
}
