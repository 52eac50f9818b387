package io.cipherstream.ckks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Products of diagonal matrices with one blocked vector by baby and giant steps, as one unit of
 * work.
 *
 * <p>With n₁ baby steps and input blocks x₀ … , piece p is
 *
 * <pre>y_p = rot(inner₀ + rot(inner₁ + rot(inner₂ + …, n₁), n₁), lastStep),
 * inner_g = Σ_{c,b} diagonals[terms[g][c·n₁ + b]] ⊙ rot(x_c, b),</pre>
 *
 * terms below 0 left out. Limbs stay, the scale is Δx·Δdiagonals. An engine may compute it in any
 * way that gives these words; with several special primes, in one way that all engines share, whose
 * result differs by less noise.
 *
 * @param babySteps n₁
 * @param pieces the results wanted
 */
public record BabyGiantProduct(int babySteps, List<Piece> pieces) {

  /**
   * One result.
   *
   * @param terms for each giant step the index of a diagonal for each c·n₁ + b, negative for none
   * @param lastStep rotation of the whole, 0 for none
   */
  public record Piece(PeriodicPlaintexts diagonals, List<int[]> terms, int lastStep) {

    /** Whether any diagonal exists; if not, the piece has no result. */
    public boolean isEmpty() {
      return terms.stream().flatMapToInt(Arrays::stream).noneMatch(i -> i >= 0);
    }

    /** Each giant step has a term for each rotated block, and each term is a diagonal. */
    void checkTerms(String operation, int babies) {
      for (int[] row : terms) {
        int last = Arrays.stream(row).max().orElse(-1);
        if (row.length != babies || last >= diagonals.count()) {
          throw new CkksException(
              CkksException.Kind.SHAPE,
              operation
                  + ": "
                  + row.length
                  + " terms up to "
                  + last
                  + ", expected "
                  + babies
                  + " below "
                  + diagonals.count());
        }
      }
    }
  }

  public BabyGiantProduct {
    pieces = List.copyOf(pieces);
  }

  /**
   * Computes one piece by single operations.
   *
   * @param babies element c·n₁ + b is rot(x_c, b); stay open
   * @return empty if no diagonal exists; the caller closes it
   */
  public Optional<Ciphertext> piece(
      CkksEvaluator evaluator, int index, List<? extends Ciphertext> babies, EvaluationKeys keys) {
    Piece piece = pieces.get(index);
    Ciphertext sum = null;
    try {
      for (int giant = piece.terms().size() - 1; giant >= 0; giant--) {
        if (sum != null) {
          sum = replace(sum, evaluator.rotate(sum, babySteps, keys));
        }
        int[] terms = piece.terms().get(giant);
        if (Arrays.stream(terms).anyMatch(i -> i >= 0)) {
          Ciphertext inner = evaluator.sumOfPlainProducts(babies, piece.diagonals(), terms);
          if (sum == null) {
            sum = inner;
          } else {
            try (inner) {
              sum = replace(sum, evaluator.add(sum, inner));
            }
          }
        }
      }
      if (sum != null && piece.lastStep() != 0) {
        sum = replace(sum, evaluator.rotate(sum, piece.lastStep(), keys));
      }
      return Optional.ofNullable(sum);
    } catch (RuntimeException | Error e) {
      if (sum != null) {
        sum.close();
      }
      throw e;
    }
  }

  private static Ciphertext replace(Ciphertext old, Ciphertext made) {
    old.close();
    return made;
  }

  /** Computes all pieces by single operations, one after the other. */
  List<Optional<Ciphertext>> oneByOne(
      CkksEvaluator evaluator, List<? extends Ciphertext> x, EvaluationKeys keys) {
    List<Ciphertext> babies = new ArrayList<>();
    List<Optional<Ciphertext>> results = new ArrayList<>();
    try {
      for (Ciphertext block : x) {
        for (int b = 0; b < babySteps; b++) {
          babies.add(evaluator.rotate(block, b, keys));
        }
      }
      for (int p = 0; p < pieces.size(); p++) {
        results.add(piece(evaluator, p, babies, keys));
      }
      return results;
    } catch (RuntimeException | Error e) {
      results.forEach(result -> result.ifPresent(Ciphertext::close));
      throw e;
    } finally {
      babies.forEach(Ciphertext::close);
    }
  }
}
