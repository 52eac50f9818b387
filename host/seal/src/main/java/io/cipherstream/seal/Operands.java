package io.cipherstream.seal;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksChecks;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ckks.NativeResource;
import java.util.ArrayList;
import java.util.List;

/** A non-empty list of ciphertexts of one size, limb count and scale. */
record Operands(List<SealCiphertext> terms) {

  static Operands of(String operation, SealEvaluator evaluator, List<? extends Ciphertext> terms) {
    if (terms.isEmpty() || terms.size() > SealEvaluator.TERMS_MAX) {
      throw new CkksException(
          Kind.SHAPE,
          operation + ": " + terms.size() + " terms, expected 1 to " + SealEvaluator.TERMS_MAX);
    }
    List<SealCiphertext> own = new ArrayList<>(terms.size());
    for (Ciphertext term : terms) {
      SealCiphertext x = evaluator.own(operation, term);
      own.add(x);
      CkksChecks.size(operation, x, own.get(0).size());
      CkksChecks.equalLimbs(operation, own.get(0).limbs(), x.limbs());
      CkksChecks.equalScales(operation, own.get(0).scale(), x.scale());
    }
    return new Operands(own);
  }

  SealCiphertext first() {
    return terms.get(0);
  }

  int count() {
    return terms.size();
  }

  /** Native addresses, to be taken while the terms are pinned. */
  long[] addresses() {
    return terms.stream().mapToLong(term -> term.handle().address()).toArray();
  }

  List<NativeResource<?>> pinnedWith(NativeResource<?> other) {
    return pinnedWith(List.of(other));
  }

  List<NativeResource<?>> pinnedWith(List<NativeResource<?>> others) {
    List<NativeResource<?>> all = new ArrayList<>(terms.size() + others.size());
    all.addAll(others);
    terms.forEach(term -> all.add(term.resource()));
    return all;
  }
}
