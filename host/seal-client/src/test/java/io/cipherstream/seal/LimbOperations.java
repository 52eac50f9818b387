package io.cipherstream.seal;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.List;

/** Runs every operation of an evaluator on both sides of a pair and compares the words. */
final class LimbOperations {

  private static final double SCALE = 0x1p18;

  private LimbOperations() {}

  /**
   * @param keys for at least that many limbs, steps 1, −3 and 128, conjugation and relinearisation
   */
  static void check(LimbPair f, int limbs, SealEvaluationKeys keys) {
    final LimbPair.Both x = f.encrypt(limbs, SCALE);
    final LimbPair.Both y = f.encrypt(limbs, SCALE);
    f.check("add", f.seal.add(x.seal(), y.seal()), f.limb.add(x.limb(), y.limb()));
    f.check("subtract", f.seal.subtract(x.seal(), y.seal()), f.limb.subtract(x.limb(), y.limb()));
    f.check(
        "sum",
        f.seal.sum(List.of(x.seal(), y.seal(), x.seal())),
        f.limb.sum(List.of(x.limb(), y.limb(), x.limb())));
    f.check("sum of one", f.seal.sum(List.of(y.seal())), f.limb.sum(List.of(y.limb())));
    LimbPair.Both product =
        f.same(
            "multiply", f.seal.multiply(x.seal(), y.seal()), f.limb.multiply(x.limb(), y.limb()));
    f.check(
        "add of sizes 3 and 2",
        f.seal.add(product.seal(), withScale(f, product.seal(), x).seal()),
        f.limb.add(product.limb(), withScale(f, product.seal(), x).limb()));
    f.check(
        "subtract of sizes 2 and 3",
        f.seal.subtract(withScale(f, product.seal(), x).seal(), product.seal()),
        f.limb.subtract(withScale(f, product.seal(), x).limb(), product.limb()));
    f.check(
        "sum of products",
        f.seal.sumOfProducts(List.of(x.seal(), y.seal()), List.of(y.seal(), y.seal())),
        f.limb.sumOfProducts(List.of(x.limb(), y.limb()), List.of(y.limb(), y.limb())));
    LimbPair.Both relinearized =
        f.same(
            "relinearize",
            f.seal.relinearize(product.seal(), keys),
            f.limb.relinearize(product.limb(), keys));
    if (limbs > 1) {
      f.check("rescale", f.seal.rescale(relinearized.seal()), f.limb.rescale(relinearized.limb()));
      f.check("rescale of size 3", f.seal.rescale(product.seal()), f.limb.rescale(product.limb()));
      f.check("drop", f.seal.dropTo(x.seal(), limbs - 1), f.limb.dropTo(x.limb(), limbs - 1));
    }
    for (int step : new int[] {0, 1, -3, 128}) {
      f.check(
          "rotate by " + step,
          f.seal.rotate(x.seal(), step, keys),
          f.limb.rotate(x.limb(), step, keys));
    }
    f.check("conjugate", f.seal.conjugate(x.seal(), keys), f.limb.conjugate(x.limb(), keys));
    int[] steps = {128, 0, 1, -3};
    List<Ciphertext> expected = f.seal.rotateAll(x.seal(), steps, keys);
    List<Ciphertext> actual = f.limb.rotateAll(x.limb(), steps, keys);
    for (int i = 0; i < steps.length; i++) {
      f.check("hoisted rotation by " + steps[i], expected.get(i), actual.get(i));
    }
    plaintexts(f, limbs, x, y);
  }

  private static LimbPair.Both withScale(LimbPair f, Ciphertext like, LimbPair.Both x) {
    Ciphertext seal =
        f.keep(
            f.seal.importCiphertext(
                x.seal().size(), like.limbs(), like.scale(), f.words(x.seal())));
    return new LimbPair.Both(seal, f.toLimb(seal));
  }

  private static void plaintexts(LimbPair f, int limbs, LimbPair.Both x, LimbPair.Both y) {
    for (int period : new int[] {64, 512, f.set.slots()}) {
      double[][] rows = {
        f.random.doubles(period, -1, 1).toArray(), f.random.doubles(period, -1, 1).toArray()
      };
      int plainLimbs = Math.min(f.set.dataLimbs(), limbs + 1);
      products(f, "period " + period, x, y, f.keep(f.seal.encodePeriodic(rows, plainLimbs, SCALE)));
      products(
          f,
          "complex, period " + period / 2,
          x,
          y,
          f.keep(f.seal.encodePeriodicComplex(rows, plainLimbs, SCALE)));
    }
  }

  private static void products(
      LimbPair f, String rows, LimbPair.Both x, LimbPair.Both y, PeriodicPlaintexts w) {
    f.check(
        "sum of plaintext products, " + rows,
        f.seal.sumOfPlainProducts(List.of(x.seal(), y.seal(), x.seal()), w, new int[] {1, -1, 0}),
        f.limb.sumOfPlainProducts(List.of(x.limb(), y.limb(), x.limb()), w, new int[] {1, -1, 0}));
    f.check(
        "add plaintext, " + rows, f.seal.addPlain(x.seal(), w, 1), f.limb.addPlain(x.limb(), w, 1));
  }
}
