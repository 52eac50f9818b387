package io.cipherstream.server.serving;

import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ring.Modulus;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.Round;
import io.cipherstream.transformer.ServerRun;
import io.cipherstream.wire.KeySpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Runs a model's smallest plan once on random words under random keys. The appliance has no key
 * generator and needs none for this: any words below their primes take the same path and the same
 * time, and nobody needs to read the result.
 */
public final class WarmUp {

  private final ServedModel model;
  private final SplittableRandom random = new SplittableRandom(1);

  private WarmUp(ServedModel model) {
    this.model = model;
  }

  /** Runs {@code plan} of {@code model}; blocks. */
  public static void run(ServedModel model, AgreedPlan plan) {
    new WarmUp(model).run(plan);
  }

  private void run(AgreedPlan plan) {
    CryptoBackend backend = model.backend(plan.parameters());
    try (EvaluationKeys keys = keys(plan, backend);
        ServerRun computation = model.start(plan, keys, tracks(plan))) {
      List<HostCiphertext> down = computation.step(fresh(plan, plan.inputs()));
      for (Round round : plan.rounds()) {
        down.forEach(HostCiphertext::close);
        down = computation.step(fresh(plan, round.up()));
      }
      for (HostCiphertext result : down) {
        try (result) {
          backend.rerandomize(result, keys);
        }
      }
    }
  }

  private List<StoredTrack> tracks(AgreedPlan plan) {
    StoredTrack random =
        (form, index, backend) ->
            fresh(plan, List.of(new CiphertextSpec(form.limbs(), form.scale()))).get(0);
    return Collections.nCopies(model.tracks(plan), random);
  }

  private EvaluationKeys keys(AgreedPlan plan, CryptoBackend backend) {
    CkksParameters parameters = plan.parameters();
    try (CryptoBackend.KeyImport keys = backend.newKeys()) {
      for (KeySpec spec : new RequiredKeys(parameters, List.of(plan)).all()) {
        ByteBuffer words = keyWords(parameters, spec.limbs());
        for (int digit = 0; digit < spec.digits(parameters); digit++) {
          keys.digit(spec, digit, seed(), words.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        }
      }
      return keys.build();
    }
  }

  private List<HostCiphertext> fresh(AgreedPlan plan, List<CiphertextSpec> shapes) {
    List<HostCiphertext> all = new ArrayList<>();
    for (CiphertextSpec shape : shapes) {
      CiphertextForm form = new CiphertextForm(2, shape.limbs(), shape.scale());
      HostCiphertext fresh = HostCiphertext.allocate(plan.parameters(), form);
      ByteBuffer words = fresh.words();
      put(words, plan.parameters().dataPrimes().subList(0, shape.limbs()), plan.parameters());
      put(words, plan.parameters().dataPrimes().subList(0, shape.limbs()), plan.parameters());
      all.add(fresh);
    }
    return all;
  }

  /** c₀ of a digit of a key. */
  private ByteBuffer keyWords(CkksParameters parameters, int limbs) {
    List<Modulus> moduli = new ArrayList<>(parameters.dataPrimes().subList(0, limbs));
    moduli.addAll(parameters.specialPrimes());
    ByteBuffer words =
        ByteBuffer.allocateDirect(Long.BYTES * parameters.degree() * moduli.size())
            .order(ByteOrder.LITTLE_ENDIAN);
    put(words, moduli, parameters);
    return words.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  private void put(ByteBuffer words, List<Modulus> moduli, CkksParameters parameters) {
    for (Modulus q : moduli) {
      for (int k = 0; k < parameters.degree(); k++) {
        words.putLong(random.nextLong(q.value()));
      }
    }
  }

  private byte[] seed() {
    byte[] seed = new byte[CkksParameters.SEED_BYTES];
    random.nextBytes(seed);
    return seed;
  }
}
