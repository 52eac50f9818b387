package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.IntegerMatrix;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.Modulus;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.Repeat;
import io.cipherstream.ring.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Products of an integer matrix with ciphertexts of one limb: by the engine's own routine, or by
 * limb programs of a few rows each, in which an entry is an operand of one line that stands for a
 * limb.
 */
final class MatrixRun {

  /** Rows of one program. */
  private static final int PANEL_ROWS = 8;

  private final CkksParameters parameters;
  private final LimbEngine engine;
  private final ProgramCache programs;
  private final Runner runner;

  MatrixRun(CkksParameters parameters, LimbEngine engine, ProgramCache programs, Runner runner) {
    this.parameters = parameters;
    this.engine = engine;
    this.programs = programs;
    this.runner = runner;
  }

  private record Key(int rows, int columns) {}

  List<Ciphertext> product(List<? extends Ciphertext> x, IntegerMatrix m, CiphertextForm form) {
    return runner.multiply(m, x, form).orElseGet(() -> byPrograms(x, m, form));
  }

  private List<Ciphertext> byPrograms(
      List<? extends Ciphertext> x, IntegerMatrix m, CiphertextForm form) {
    List<Ciphertext> made = new ArrayList<>();
    try {
      for (int first = 0; first < m.rows(); first += PANEL_ROWS) {
        made.addAll(panel(x, m, first, Math.min(PANEL_ROWS, m.rows() - first), form));
      }
      return made;
    } catch (RuntimeException | Error e) {
      made.forEach(Ciphertext::close);
      throw e;
    }
  }

  private List<Ciphertext> panel(
      List<? extends Ciphertext> x, IntegerMatrix m, int first, int rows, CiphertextForm form) {
    LimbProgram program =
        programs.get(new Key(rows, m.columns()), () -> compile(parameters, rows, m.columns()));
    ByteBuffer words = words(m, first, rows);
    try (LimbBuffer weights = engine.allocate(words.remaining() / Long.BYTES)) {
      engine.upload(words, weights, 0);
      return runner.runAll(program, x, List.of(LimbView.of(weights)), rows, form);
    }
  }

  /** A line for each entry, row by row. */
  private ByteBuffer words(IntegerMatrix m, int first, int rows) {
    Modulus q = parameters.dataPrime(0);
    ByteBuffer words =
        ByteBuffer.allocateDirect(rows * m.columns() * DescriptorLayout.LINE_WORDS * Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int r = first; r < first + rows; r++) {
      for (int c = 0; c < m.columns(); c++) {
        long residue = Math.floorMod((long) m.entry(r, c), q.value());
        for (int k = 0; k < DescriptorLayout.LINE_WORDS; k++) {
          words.putLong(residue);
        }
      }
    }
    return words.flip();
  }

  /** Inputs: the operands, then the lines of entries; outputs: the rows. */
  private static LimbProgram compile(CkksParameters parameters, int rows, int columns) {
    Emitter e = new Emitter("matrix product", parameters);
    Repeat repeat = Repeat.plain(e.degree(), DescriptorLayout.LINE_WORDS);
    Segment[] x = new Segment[columns];
    for (int c = 0; c < columns; c++) {
      x[c] = e.cipherInput("x" + c, 2, 1);
    }
    Segment w = e.code().input("entries", (long) rows * columns * DescriptorLayout.LINE_WORDS);
    for (int r = 0; r < rows; r++) {
      Segment y = e.cipherOutput("y" + r, 2, 1);
      for (int poly = 0; poly < 2; poly++) {
        e.code().task();
        for (int c = 0; c < columns; c++) {
          e.code()
              .binary(
                  c == 0 ? Opcode.MUL : Opcode.MAC,
                  0,
                  e.limb(y, 1, poly, 0),
                  e.limb(x[c], 1, poly, 0),
                  w.at(((long) r * columns + c) * DescriptorLayout.LINE_WORDS),
                  repeat);
        }
      }
    }
    return e.build();
  }
}
