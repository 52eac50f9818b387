package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.Modulus;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.Segment;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A whole baby-step-giant-step product with several special primes, hoisted twice: everything from
 * the digits of the inputs to the results stays P times as large, over the ℓ + k moduli, and is
 * divided by P only where a giant step needs digits, one polynomial a step, and at the end.
 *
 * <pre>
 *   ModUp      the digits of c₁ of every block, once
 *   babies     σ_b(P·c₀ + Σⱼ Dⱼ·keyⱼ₀, Σⱼ Dⱼ·keyⱼ₁)
 *   sums       inner_g = Σ diagonal ⊙ baby            diagonals have residues of all ℓ + k moduli
 *   Horner     (A₀, A₁) ← σ(A₀ + Σⱼ D′ⱼ·keyⱼ₀, Σⱼ D′ⱼ·keyⱼ₁) + inner_g, D′ the digits of A₁ / P
 *   ModDown    both polynomials of each piece
 * </pre>
 *
 * Babies and sums go modulus by modulus, so that the rotated limbs of one modulus, which all sums
 * read, are the only ones at hand. Arguments in order: input blocks; used chunks of each weight
 * array; keys of the used baby steps; keys of the other steps; one output a piece.
 */
final class HybridBabyGiantProgram {

  private final Emitter e;
  private final BabyGiantShape shape;
  private final int limbs;
  private final HybridKeySwitch keySwitch;
  private final int extended;
  private final Segment[] inputs;
  private final List<SortedMap<Integer, Segment>> chunks = new ArrayList<>();
  private final Map<Integer, Segment> babyKeys = new TreeMap<>();
  private final Map<Integer, Segment> keys = new TreeMap<>();

  /** Limbs {@code [poly][i]} of the inner sum of each piece and giant step, null for none. */
  private final List<Operand[][][]> inners = new ArrayList<>();

  private HybridBabyGiantProgram(CkksParameters parameters, BabyGiantShape shape) {
    this.e = new Emitter("baby-step-giant-step product", parameters);
    this.shape = shape;
    this.limbs = shape.limbs();
    this.keySwitch = new HybridKeySwitch(e, limbs);
    this.extended = keySwitch.extended();
    this.inputs = new Segment[shape.blocks()];
  }

  /**
   * @param babyKeyLimbs limbs of the keys of {@link BabyGiantProgram#rotatedBabies}, in order
   * @param lanes moduli or pieces that may be worked on at once
   */
  static LimbProgram compile(
      CkksParameters parameters, BabyGiantShape shape, List<Integer> babyKeyLimbs, int lanes) {
    HybridBabyGiantProgram program = new HybridBabyGiantProgram(parameters, shape);
    program.declare(babyKeyLimbs);
    program.babiesAndSums(babyKeyLimbs, lanes);
    program.pieces(lanes);
    return program.e.build();
  }

  private void declare(List<Integer> babyKeyLimbs) {
    for (int c = 0; c < inputs.length; c++) {
      inputs[c] = e.cipherInput("x" + c, 2, limbs);
    }
    for (int s = 0; s < shape.sources().size(); s++) {
      BabyGiantShape.Source source = shape.sources().get(s);
      SortedMap<Integer, Segment> used = new TreeMap<>();
      for (int chunk : shape.usedChunks(s).keySet()) {
        long rows = BabyGiantProgram.lastRow(shape, s, chunk) + 1L;
        used.put(chunk, e.code().input("w" + s + "." + chunk, rows * source.rowWords(e.degree())));
      }
      chunks.add(used);
    }
    List<Integer> rotated = BabyGiantProgram.rotatedBabies(shape);
    for (int i = 0; i < rotated.size(); i++) {
      babyKeys.put(rotated.get(i), e.keyInput("baby key " + rotated.get(i), babyKeyLimbs.get(i)));
    }
    shape
        .keyLimbs()
        .forEach((step, keyLimbs) -> keys.put(step, e.keyInput("key " + step, keyLimbs)));
  }

  /** Scratch for the rotated limbs of one modulus: baby c·n₁ + b of both polynomials. */
  private record BabyLane(Segment sums, Segment babies) {}

  private void babiesAndSums(List<Integer> babyKeyLimbs, int lanes) {
    boolean[] used = shape.usedBabies();
    List<Integer> rotated = BabyGiantProgram.rotatedBabies(shape);
    HybridKeySwitch.Decomposed[] digits = new HybridKeySwitch.Decomposed[inputs.length];
    for (int c = 0; c < inputs.length; c++) {
      if (!rotated.isEmpty()) {
        digits[c] = keySwitch.modUp(e.poly(inputs[c], limbs, 1), keySwitch.digitScratch());
      }
    }
    for (BabyGiantShape.Piece piece : shape.pieces()) {
      inners.add(sums(piece));
    }
    BabyLane[] scratch = new BabyLane[Math.min(lanes, extended)];
    for (int i = 0; i < extended; i++) {
      e.code().task();
      if (i < scratch.length) {
        scratch[i] = new BabyLane(e.scratch("unturned", 2), e.scratch("babies", 2 * used.length));
      }
      BabyLane lane = scratch[i % scratch.length];
      for (int c = 0; c < inputs.length; c++) {
        int first = c * shape.babySteps();
        if (used[first] && i < limbs) {
          unrotated(c, i, lane.babies(), first);
        }
        for (int r = 0; r < rotated.size(); r++) {
          if (used[first + rotated.get(r)]) {
            baby(c, i, digits[c], rotated.get(r), babyKeyLimbs.get(r), lane, first);
          }
        }
      }
      for (int p = 0; p < shape.pieces().size(); p++) {
        inner(p, i, lane.babies());
      }
    }
  }

  /** Scratch for the inner sums of a piece. */
  private Operand[][][] sums(BabyGiantShape.Piece piece) {
    Operand[][][] sums = new Operand[piece.terms().size()][][];
    for (int giant = 0; giant < sums.length; giant++) {
      if (!isEmpty(piece.terms().get(giant))) {
        Segment segment = e.scratch("inner sum", 2 * extended);
        sums[giant] = new Operand[][] {e.poly(segment, extended, 0), e.poly(segment, extended, 1)};
      }
    }
    return sums;
  }

  private static boolean isEmpty(IntBuffer terms) {
    for (int t = 0; t < terms.limit(); t++) {
      if (terms.get(t) >= 0) {
        return false;
      }
    }
    return true;
  }

  /** Baby 0: P·c, which is 0 modulo the special primes. */
  private void unrotated(int block, int i, Segment babies, int place) {
    long p = keySwitch.product(e.parameters().ring().modulus(i));
    for (int poly = 0; poly < 2; poly++) {
      Operand to = e.limb(babies, 2 * place + poly);
      e.code().scale(i, to, e.limb(inputs[block], limbs, poly, i), p);
    }
  }

  private void baby(
      int block,
      int i,
      HybridKeySwitch.Decomposed digits,
      int step,
      int keyLimbs,
      BabyLane lane,
      int first) {
    int modulus = e.modulus(i, limbs);
    Segment key = Objects.requireNonNull(babyKeys.get(step));
    for (int poly = 0; poly < 2; poly++) {
      Operand sum = e.limb(lane.sums(), poly);
      keySwitch.product(digits, key, keyLimbs, poly, i, sum);
      if (poly == 0 && i < limbs) {
        Modulus q = e.parameters().ring().modulus(i);
        Operand c0 = e.limb(inputs[block], limbs, 0, i);
        e.code().macc(modulus, sum, c0, modulus, keySwitch.product(q));
      }
      Operand to = e.limb(lane.babies(), 2 * (first + step) + poly);
      e.code().perm(modulus, to, sum, e.parameters().galoisElement(step));
    }
  }

  /** All inner sums of a piece in limb i. */
  private void inner(int index, int i, Segment babies) {
    BabyGiantShape.Piece piece = shape.pieces().get(index);
    BabyGiantShape.Source source = shape.sources().get(piece.source());
    int modulus = e.modulus(i, limbs);
    int rowLimb = i < limbs ? i : source.limbs() + i - limbs;
    for (int poly = 0; poly < 2; poly++) {
      for (int giant = 0; giant < piece.terms().size(); giant++) {
        Operand[][] sum = inners.get(index)[giant];
        if (sum == null) {
          continue;
        }
        IntBuffer terms = piece.terms().get(giant);
        Opcode opcode = Opcode.MUL;
        for (int t = 0; t < terms.limit(); t++) {
          int row = terms.get(t);
          if (row < 0 || (i >= limbs && t % shape.babySteps() == 0)) {
            continue;
          }
          Segment chunk =
              Objects.requireNonNull(chunks.get(piece.source()).get(row / source.rowsPerChunk()));
          long word =
              (long) (row % source.rowsPerChunk()) * source.rowWords(e.degree())
                  + (long) rowLimb * source.words(e.degree());
          Operand baby = e.limb(babies, 2 * t + poly);
          e.code().binary(opcode, modulus, sum[poly][i], baby, chunk.at(word), source.repeat());
          opcode = Opcode.MAC;
        }
        if (opcode == Opcode.MUL) {
          e.code().fill(modulus, sum[poly][i], 0);
        }
      }
    }
  }

  /** Horner's rule over the giant steps of each piece, then the division. */
  private void pieces(int lanes) {
    HybridLane[] scratch = new HybridLane[Math.min(lanes, shape.pieces().size())];
    HybridKeySwitch.DigitScratch[] digits = new HybridKeySwitch.DigitScratch[scratch.length];
    for (int p = 0; p < shape.pieces().size(); p++) {
      if (p < scratch.length) {
        scratch[p] = HybridLane.of(e, limbs, extended);
        digits[p] = keySwitch.digitScratch();
      }
      HybridLane lane = scratch[p % scratch.length];
      BabyGiantShape.Piece piece = shape.pieces().get(p);
      Operand[][] sum = null;
      for (int giant = piece.terms().size() - 1; giant >= 0; giant--) {
        if (sum != null) {
          rotate(sum, shape.babySteps(), lane, digits[p % scratch.length]);
        }
        Operand[][] inner = inners.get(p)[giant];
        if (sum == null) {
          sum = inner;
        } else if (inner != null) {
          add(sum, inner);
        }
      }
      Operand[][] whole = Objects.requireNonNull(sum, "a piece without a diagonal");
      if (piece.lastStep() != 0) {
        rotate(whole, piece.lastStep(), lane, digits[p % scratch.length]);
      }
      Segment output = e.cipherOutput("piece" + p, 2, limbs);
      for (int poly = 0; poly < 2; poly++) {
        divide(whole[poly], lane, poly, e.poly(output, limbs, poly));
      }
    }
  }

  private void add(Operand[][] sum, Operand[][] inner) {
    for (int i = 0; i < extended; i++) {
      e.code().task();
      for (int poly = 0; poly < 2; poly++) {
        e.code().add(e.modulus(i, limbs), sum[poly][i], sum[poly][i], inner[poly][i]);
      }
    }
  }

  private void divide(Operand[] sum, HybridLane lane, int poly, Operand[] to) {
    e.code().task();
    keySwitch.beginModDown(sum);
    for (int i = 0; i < limbs; i++) {
      e.code().task();
      keySwitch.modDown(i, sum, lane.remainder(poly, i), to[i]);
    }
  }

  /** Rotates a sum, P times as large, in place. */
  private void rotate(
      Operand[][] sum, int step, HybridLane lane, HybridKeySwitch.DigitScratch scratch) {
    Segment key = Objects.requireNonNull(keys.get(step), () -> "no key for step " + step);
    int keyLimbs = Objects.requireNonNull(shape.keyLimbs().get(step));
    int element = e.parameters().galoisElement(step);
    Operand[] divided = lane.works()[1];
    divide(sum[1], lane, 1, divided);
    HybridKeySwitch.Decomposed digits = keySwitch.modUp(divided, scratch);
    for (int i = 0; i < extended; i++) {
      int modulus = e.modulus(i, limbs);
      e.code().task();
      for (int poly = 0; poly < 2; poly++) {
        Operand turned = lane.sum(poly, i);
        keySwitch.product(digits, key, keyLimbs, poly, i, turned);
        if (poly == 0) {
          e.code().add(modulus, turned, turned, sum[0][i]);
        }
        e.code().perm(modulus, sum[poly][i], turned, element);
      }
    }
  }
}
