package io.cipherstream.ring;

import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One run of a program: for each instruction, load the operands, compute by the formula, store the
 * result.
 */
final class Interpreter {

  private final LimbProgram program;
  private final LimbRing ring;
  private final int degree;
  private final List<LongBuffer> segments;
  private final IntFunction<NttTable> tables;
  private final long[] a;
  private final long[] b;
  private final long[] d;
  private long zeros;

  Interpreter(LimbProgram program, List<LimbView> segments, IntFunction<NttTable> tables) {
    this.program = program;
    this.ring = program.ring();
    this.degree = ring.degree();
    this.segments =
        segments.stream().map(v -> ((HostBuffer) v.buffer()).view(v.offset(), v.words())).toList();
    this.tables = tables;
    this.a = new long[degree];
    this.b = new long[degree];
    this.d = new long[degree];
  }

  ProgramResult run() {
    Map<Opcode, Long> nanos = new EnumMap<>(Opcode.class);
    long last = System.nanoTime();
    for (Instruction i : program.instructions()) {
      one(i);
      long now = System.nanoTime();
      nanos.merge(i.opcode(), now - last, Long::sum);
      last = now;
    }
    return new ProgramResult(zeros, nanos);
  }

  private void one(Instruction i) {
    Modulus q = ring.modulus(i.modulus());
    long c = i.constant();
    load(i.a(), a, degree);
    loadRepeated(i.b(), i.repeat());
    if (i.opcode().readsD()) {
      load(i.d(), d, degree);
    }
    switch (i.opcode()) {
      case NTT -> {
        System.arraycopy(a, 0, d, 0, degree);
        tables.apply(i.modulus()).forward(d);
      }
      case INTT -> {
        System.arraycopy(a, 0, d, 0, degree);
        tables.apply(i.modulus()).inverse(d);
      }
      case MUL -> each(k -> q.multiply(a[k], b[k]));
      case MAC -> each(k -> q.add(d[k], q.multiply(a[k], b[k])));
      case ADD -> each(k -> q.add(a[k], b[k]));
      case SUB -> each(k -> q.subtract(a[k], b[k]));
      case NEG -> each(k -> q.negate(a[k]));
      case SCALE -> each(k -> q.multiply(c, a[k]));
      case ADDC -> each(k -> q.add(a[k], c));
      case REDUCE -> each(k -> q.reduce(0, a[k]));
      case MACC -> each(k -> q.add(d[k], q.multiply(c, q.reduce(0, a[k]))));
      case PERM -> each(k -> a[source(k, i.galois())]);
      case COPY -> each(k -> a[k]);
      case FILL -> each(k -> c);
      case ZEROS -> {
        for (long word : a) {
          zeros += word == 0 ? 1 : 0;
        }
      }
    }
    if (i.opcode().writesD()) {
      Operand target = Objects.requireNonNull(i.d());
      segments.get(target.segment()).put((int) target.word(), d, 0, degree);
    }
  }

  /**
   * The word of the operand that X to X^g brings to place k: bitrev(((2·bitrev(k)+1)·g mod 2N −
   * 1)/2).
   */
  private int source(int k, int galois) {
    int bits = ring.degreeBits();
    long exponent = (2L * NttTable.reverse(k, bits) + 1) * galois % (2L * degree);
    return NttTable.reverse((int) ((exponent - 1) / 2), bits);
  }

  private interface Word {
    long at(int k);
  }

  private void each(Word formula) {
    for (int k = 0; k < degree; k++) {
      d[k] = formula.at(k);
    }
  }

  private void load(@Nullable Operand operand, long[] target, int words) {
    if (operand != null) {
      segments.get(operand.segment()).get((int) operand.word(), target, 0, words);
    }
  }

  /** Operand b written out as a limb. */
  private void loadRepeated(@Nullable Operand operand, Repeat repeat) {
    int words = repeat.words(degree);
    load(operand, b, words);
    if (operand != null && words < degree) {
      long[] shorter = Arrays.copyOf(b, words);
      for (int k = 0; k < degree; k++) {
        b[k] = shorter[repeat.index(k, degree)];
      }
    }
  }
}
