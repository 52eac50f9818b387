package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.Segment;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A whole baby-step-giant-step product as one program. Arguments in order: the input blocks; the
 * used chunks of each weight array; the prepared (hoisted) or plain keys of the used baby steps;
 * the plain keys of the other steps; one output a piece.
 */
final class BabyGiantProgram {

  /** Most inner sums of one limb that one task computes, of both polynomials each. */
  private static final int SUMS_A_TASK = 36;

  /** Tasks get multiples of so many sums, which engines compute side by side. */
  private static final int SUMS_TOGETHER = 6;

  private final Emitter e;
  private final BabyGiantShape shape;
  private final int limbs;
  private final KeySwitch keySwitch;
  private final Segment[] inputs;
  private final List<SortedMap<Integer, Segment>> chunks = new ArrayList<>();
  private final Map<Integer, Segment> babyKeys = new TreeMap<>();
  private final Map<Integer, Segment> keys = new TreeMap<>();
  private final Operand[][][] babies;
  private final Map<List<Integer>, Inner> inners = new HashMap<>();
  private @Nullable Segment innerScratch;

  /**
   * An inner sum.
   *
   * @param place among the sums in scratch; negative for the one that begins its piece
   */
  private record Inner(int piece, int giant, int place) {}

  private BabyGiantProgram(CkksParameters parameters, BabyGiantShape shape) {
    this.e = new Emitter("baby-step-giant-step product", parameters);
    this.shape = shape;
    this.limbs = shape.limbs();
    this.keySwitch = new KeySwitch(e, limbs);
    this.inputs = new Segment[shape.blocks()];
    this.babies = new Operand[shape.blocks() * shape.babySteps()][][];
  }

  /** Baby steps b ≥ 1 that some block is rotated by, in order. */
  static List<Integer> rotatedBabies(BabyGiantShape shape) {
    boolean[] used = shape.usedBabies();
    List<Integer> steps = new ArrayList<>();
    for (int b = 1; b < shape.babySteps(); b++) {
      for (int c = 0; c < shape.blocks(); c++) {
        if (used[c * shape.babySteps() + b]) {
          steps.add(b);
          break;
        }
      }
    }
    return steps;
  }

  /**
   * @param babyKeyLimbs limbs of the keys of {@link #rotatedBabies}, in order; used when not
   *     hoisted
   * @param lanes key switches that may run at once
   */
  static LimbProgram compile(
      CkksParameters parameters,
      BabyGiantShape shape,
      List<Integer> babyKeyLimbs,
      boolean hoisted,
      int lanes) {
    BabyGiantProgram program = new BabyGiantProgram(parameters, shape);
    program.declare(babyKeyLimbs, hoisted);
    Segment[] outputs = new Segment[shape.pieces().size()];
    for (int p = 0; p < outputs.length; p++) {
      outputs[p] = program.e.cipherOutput("piece" + p, 2, shape.limbs());
    }
    program.babies(babyKeyLimbs, hoisted, lanes);
    program.innerSums(outputs);
    Lanes giantLanes = new Lanes(program.e, program.keySwitch, shape.limbs(), lanes, false);
    for (int p = 0; p < outputs.length; p++) {
      program.e.code().task();
      program.piece(p, outputs[p], giantLanes.next());
    }
    return program.e.build();
  }

  private void declare(List<Integer> babyKeyLimbs, boolean hoisted) {
    int n = e.degree();
    for (int c = 0; c < inputs.length; c++) {
      inputs[c] = e.cipherInput("x" + c, 2, limbs);
    }
    for (int s = 0; s < shape.sources().size(); s++) {
      BabyGiantShape.Source source = shape.sources().get(s);
      SortedMap<Integer, Segment> used = new TreeMap<>();
      for (int chunk : shape.usedChunks(s).keySet()) {
        long rows = lastRow(s, chunk) + 1L;
        used.put(chunk, e.code().input("w" + s + "." + chunk, rows * source.rowWords(n)));
      }
      chunks.add(used);
    }
    List<Integer> rotated = rotatedBabies(shape);
    for (int i = 0; i < rotated.size(); i++) {
      long words =
          hoisted
              ? HoistedKeySwitch.preparedWords(limbs, n)
              : Emitter.keyWords(e.parameters(), babyKeyLimbs.get(i));
      babyKeys.put(rotated.get(i), e.code().input("baby key " + rotated.get(i), words));
    }
    shape
        .keyLimbs()
        .forEach((step, keyLimbs) -> keys.put(step, e.keyInput("key " + step, keyLimbs)));
  }

  /** Last row of a chunk, within it, that any piece uses. */
  private int lastRow(int source, int chunk) {
    return lastRow(shape, source, chunk);
  }

  static int lastRow(BabyGiantShape shape, int source, int chunk) {
    int rowsPerChunk = shape.sources().get(source).rowsPerChunk();
    int last = 0;
    for (BabyGiantShape.Piece piece : shape.pieces()) {
      if (piece.source() == source) {
        for (IntBuffer terms : piece.terms()) {
          for (int i = 0; i < terms.limit(); i++) {
            if (terms.get(i) >= 0 && terms.get(i) / rowsPerChunk == chunk) {
              last = Math.max(last, terms.get(i) % rowsPerChunk);
            }
          }
        }
      }
    }
    return last;
  }

  private void babies(List<Integer> babyKeyLimbs, boolean hoisted, int lanes) {
    boolean[] used = shape.usedBabies();
    List<Integer> rotated = rotatedBabies(shape);
    Lanes scratch = new Lanes(e, keySwitch, limbs, lanes, hoisted);
    for (int c = 0; c < shape.blocks(); c++) {
      Operand[][] x = {e.poly(inputs[c], limbs, 0), e.poly(inputs[c], limbs, 1)};
      babies[c * shape.babySteps()] = x;
      HoistedKeySwitch.Shared shared = null;
      for (int i = 0; i < rotated.size(); i++) {
        int step = rotated.get(i);
        int at = c * shape.babySteps() + step;
        if (!used[at]) {
          continue;
        }
        Segment result = e.scratch("x" + c + " rotated by " + step, 2 * limbs);
        Operand[][] out = {e.poly(result, limbs, 0), e.poly(result, limbs, 1)};
        babies[at] = out;
        int element = e.parameters().galoisElement(step);
        Segment key = Objects.requireNonNull(babyKeys.get(step));
        if (hoisted && shared == null) {
          shared = HoistedKeySwitch.decompose(e, keySwitch, limbs, x[0], x[1]);
        }
        e.code().task();
        Lanes.Lane lane = scratch.next();
        if (shared != null) {
          HoistedKeySwitch.rotate(
              e, keySwitch, limbs, shared, key, element, out, lane.keySwitch(), lane.work());
        } else {
          OperationPrograms.rotate(
              e,
              keySwitch,
              limbs,
              x,
              key,
              babyKeyLimbs.get(i),
              element,
              out,
              lane.keySwitch(),
              lane.work());
        }
      }
    }
  }

  /**
   * All inner sums, before any giant step: sums of one limb and polynomial stand side by side, so
   * that an engine reads each rotated input once for many of them, and those of the other
   * polynomial, which have the same diagonals, follow. The first sum of a piece goes to its output.
   */
  private void innerSums(Segment[] outputs) {
    List<Inner> sums = new ArrayList<>();
    int scratchSums = 0;
    for (int p = 0; p < outputs.length; p++) {
      List<IntBuffer> terms = shape.pieces().get(p).terms();
      boolean first = true;
      for (int giant = terms.size() - 1; giant >= 0; giant--) {
        if (anyTerm(terms.get(giant))) {
          sums.add(new Inner(p, giant, first ? -1 : scratchSums++));
          first = false;
        }
      }
    }
    if (scratchSums > 0) {
      innerScratch = e.scratch("inner sums", scratchSums * 2 * limbs);
    }
    for (int i = 0; i < limbs; i++) {
      for (List<Inner> some : shares(sums)) {
        e.code().task();
        for (int poly = 0; poly < 2; poly++) {
          for (Inner sum : some) {
            Operand to =
                sum.place() < 0
                    ? e.limb(outputs[sum.piece()], limbs, poly, i)
                    : e.limb(inner(sum.place()), innerLimb(sum.place(), poly, i));
            chain(sum, poly, i, to);
          }
        }
      }
    }
    sums.forEach(sum -> inners.put(List.of(sum.piece(), sum.giant()), sum));
  }

  /** The sums in order, divided as evenly as whole {@link #SUMS_TOGETHER} go. */
  private static List<List<Inner>> shares(List<Inner> sums) {
    int units = (sums.size() + SUMS_TOGETHER - 1) / SUMS_TOGETHER;
    int tasks = (sums.size() + SUMS_A_TASK - 1) / SUMS_A_TASK;
    List<List<Inner>> shares = new ArrayList<>();
    int from = 0;
    for (int task = 1; task <= tasks; task++) {
      int to = Math.min(sums.size(), units * task / tasks * SUMS_TOGETHER);
      shares.add(sums.subList(from, to));
      from = to;
    }
    return shares;
  }

  private Segment inner(int place) {
    return Objects.requireNonNull(innerScratch, () -> "no scratch for inner sum " + place);
  }

  private int innerLimb(int place, int poly, int i) {
    return (place * 2 + poly) * limbs + i;
  }

  private static boolean anyTerm(IntBuffer terms) {
    for (int t = 0; t < terms.limit(); t++) {
      if (terms.get(t) >= 0) {
        return true;
      }
    }
    return false;
  }

  /** to = Σ diagonal ⊙ baby of one limb of one polynomial. */
  private void chain(Inner sum, int poly, int i, Operand to) {
    BabyGiantShape.Piece piece = shape.pieces().get(sum.piece());
    BabyGiantShape.Source source = shape.sources().get(piece.source());
    IntBuffer terms = piece.terms().get(sum.giant());
    Opcode opcode = Opcode.MUL;
    for (int t = 0; t < terms.limit(); t++) {
      int row = terms.get(t);
      if (row >= 0) {
        Segment chunk =
            Objects.requireNonNull(chunks.get(piece.source()).get(row / source.rowsPerChunk()));
        long word =
            (long) (row % source.rowsPerChunk()) * source.rowWords(e.degree())
                + (long) i * source.words(e.degree());
        e.code().binary(opcode, i, to, babies[t][poly][i], chunk.at(word), source.repeat());
        opcode = Opcode.MAC;
      }
    }
  }

  /** Horner's rule over the giant steps, in the output. */
  private void piece(int index, Segment output, Lanes.Lane lane) {
    BabyGiantShape.Piece piece = shape.pieces().get(index);
    Operand[][] out = {e.poly(output, limbs, 0), e.poly(output, limbs, 1)};
    boolean begun = false;
    for (int giant = piece.terms().size() - 1; giant >= 0; giant--) {
      if (begun) {
        rotate(out, shape.babySteps(), lane);
      }
      Inner sum = inners.get(List.of(index, giant));
      if (sum != null) {
        if (sum.place() >= 0) {
          add(out, sum.place());
        }
        begun = true;
      }
    }
    if (piece.lastStep() != 0) {
      rotate(out, piece.lastStep(), lane);
    }
  }

  private void add(Operand[][] out, int place) {
    for (int poly = 0; poly < 2; poly++) {
      for (int i = 0; i < limbs; i++) {
        Operand term = e.limb(inner(place), innerLimb(place, poly, i));
        e.code().add(i, out[poly][i], out[poly][i], term);
      }
    }
  }

  private void rotate(Operand[][] inPlace, int step, Lanes.Lane lane) {
    OperationPrograms.rotate(
        e,
        keySwitch,
        limbs,
        inPlace,
        Objects.requireNonNull(keys.get(step)),
        Objects.requireNonNull(shape.keyLimbs().get(step)),
        e.parameters().galoisElement(step),
        inPlace,
        lane.keySwitch(),
        lane.work());
  }
}
