package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksChecks;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EncodedPeriodicPlaintexts;
import io.cipherstream.ckks.KeyWords;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One checked baby-step-giant-step product, ready to be bound to keys and weights. */
final class BabyGiantCall {

  private record CompiledKey(BabyGiantShape shape, List<Integer> babyKeyLimbs, boolean hoisted) {}

  private final CkksParameters parameters;
  private final BabyGiantShape shape;
  private final List<EncodedPeriodicPlaintexts> weights;
  private final List<Integer> rotatedBabies;
  private final List<Integer> babyKeyLimbs;
  private final List<Double> scales;

  private BabyGiantCall(
      CkksParameters parameters,
      BabyGiantShape.WithSources product,
      List<Integer> rotatedBabies,
      List<Integer> babyKeyLimbs,
      List<Double> scales) {
    this.parameters = parameters;
    this.shape = product.shape();
    this.weights = product.weights();
    this.rotatedBabies = rotatedBabies;
    this.babyKeyLimbs = babyKeyLimbs;
    this.scales = List.copyOf(scales);
  }

  /**
   * @param x inputs of equal limbs and scale
   * @throws CkksException of kind KEY_MISSING if a key that it needs is missing
   */
  static BabyGiantCall of(
      CkksParameters parameters,
      String operation,
      BabyGiantProduct product,
      List<? extends Ciphertext> x,
      KeyWords keys) {
    int limbs = x.get(0).limbs();
    List<EncodedPeriodicPlaintexts> byPiece = new ArrayList<>();
    List<Double> scales = new ArrayList<>();
    for (BabyGiantProduct.Piece piece : product.pieces()) {
      byPiece.add((EncodedPeriodicPlaintexts) piece.diagonals());
      if (!piece.isEmpty()) {
        scales.add(x.get(0).scale() * piece.diagonals().scale());
      }
    }
    BabyGiantShape.KeyLimbs keyLimbs = step -> CkksChecks.rotationKey(operation, keys, step, limbs);
    BabyGiantShape.WithSources shaped =
        BabyGiantShape.of(product, limbs, x.size(), byPiece, parameters.slots(), keyLimbs);
    List<Integer> babies = BabyGiantProgram.rotatedBabies(shaped.shape());
    List<Integer> babyKeyLimbs = babies.stream().map(keyLimbs::of).toList();
    return new BabyGiantCall(parameters, shaped, babies, babyKeyLimbs, scales);
  }

  /**
   * Runs it; empty if it was hoisted and a digit coefficient was 0.
   *
   * @param hoisted whether with prepared keys, as SEAL's words want it; never with several special
   *     primes, where hoisting needs none
   */
  Optional<List<Ciphertext>> run(
      ProgramCache programs,
      Runner runner,
      List<? extends Ciphertext> inputs,
      DeviceKeys deviceKeys,
      DeviceWeights deviceWeights,
      KeyWords keys,
      int lanes,
      boolean hoisted) {
    if (shape.pieces().isEmpty()) {
      return Optional.of(List.of());
    }
    LimbProgram program =
        programs.get(
            new CompiledKey(shape, hoisted ? List.of() : babyKeyLimbs, hoisted),
            () ->
                parameters.hybrid()
                    ? HybridBabyGiantProgram.compile(parameters, shape, babyKeyLimbs, lanes)
                    : BabyGiantProgram.compile(parameters, shape, babyKeyLimbs, hoisted, lanes));
    try (Leases leases = new Leases()) {
      List<LimbView> views = new ArrayList<>();
      for (int s = 0; s < weights.size(); s++) {
        EncodedPeriodicPlaintexts w = weights.get(s);
        for (int chunk : shape.usedChunks(s).keySet()) {
          long rows = BabyGiantProgram.lastRow(shape, s, chunk) + 1L;
          Residents.Lease lease = leases.keep(deviceWeights.chunk(w, chunk));
          views.add(new LimbView(lease.buffer(), 0, rows * w.rowBytes() / Long.BYTES));
        }
      }
      for (int step : rotatedBabies) {
        Residents.Lease key =
            leases.keep(
                hoisted
                    ? deviceKeys.prepared(keys, step, shape.limbs())
                    : deviceKeys.plain(keys, step));
        views.add(LimbView.of(key.buffer()));
      }
      for (int step : shape.keyLimbs().keySet()) {
        views.add(LimbView.of(leases.keep(deviceKeys.plain(keys, step)).buffer()));
      }
      return runner.runExact(program, inputs, views, shape.limbs(), scales);
    }
  }

  /** Results for all pieces, empty ones included. */
  List<Optional<Ciphertext>> inOrder(BabyGiantProduct product, List<Ciphertext> made) {
    List<Optional<Ciphertext>> results = new ArrayList<>();
    int next = 0;
    for (BabyGiantProduct.Piece piece : product.pieces()) {
      results.add(piece.isEmpty() ? Optional.empty() : Optional.of(made.get(next++)));
    }
    return results;
  }
}
