package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.Repeat;
import io.cipherstream.ring.Segment;

/** Programs of single CKKS operations; arguments in the order of the parameters' description. */
final class OperationPrograms {

  private OperationPrograms() {}

  /** a ± b: inputs a and b, output; the larger one's last polynomials go through. */
  static LimbProgram combine(CkksParameters p, Opcode opcode, int sizeA, int sizeB, int limbs) {
    Emitter e = new Emitter(opcode == Opcode.ADD ? "add" : "subtract", p);
    Segment a = e.cipherInput("a", sizeA, limbs);
    Segment b = e.cipherInput("b", sizeB, limbs);
    int size = Math.max(sizeA, sizeB);
    Segment out = e.cipherOutput("result", size, limbs);
    for (int poly = 0; poly < size; poly++) {
      for (int i = 0; i < limbs; i++) {
        Operand d = e.limb(out, limbs, poly, i);
        if (poly >= sizeB) {
          e.code().copy(i, d, e.limb(a, limbs, poly, i));
        } else if (poly >= sizeA && opcode == Opcode.SUB) {
          e.code().neg(i, d, e.limb(b, limbs, poly, i));
        } else if (poly >= sizeA) {
          e.code().copy(i, d, e.limb(b, limbs, poly, i));
        } else {
          e.code()
              .binary(
                  opcode, i, d, e.limb(a, limbs, poly, i), e.limb(b, limbs, poly, i), Repeat.NONE);
        }
      }
    }
    return e.build();
  }

  /** Σ of inputs of one shape, output. */
  static LimbProgram sum(CkksParameters p, int terms, int size, int limbs) {
    Emitter e = new Emitter("sum", p);
    Segment[] x = new Segment[terms];
    for (int t = 0; t < terms; t++) {
      x[t] = e.cipherInput("x" + t, size, limbs);
    }
    Segment out = e.cipherOutput("result", size, limbs);
    for (int index = 0; index < size * limbs; index++) {
      Operand d = e.limb(out, index);
      int modulus = index % limbs;
      if (terms == 1) {
        e.code().copy(modulus, d, e.limb(x[0], index));
        continue;
      }
      e.code().add(modulus, d, e.limb(x[0], index), e.limb(x[1], index));
      for (int t = 2; t < terms; t++) {
        e.code().add(modulus, d, d, e.limb(x[t], index));
      }
    }
    return e.build();
  }

  /** a + plaintext on polynomial 0: inputs a and a row of repeated words, output. */
  static LimbProgram addPlain(CkksParameters p, int size, int limbs, Repeat repeat) {
    Emitter e = new Emitter("add plaintext", p);
    Segment a = e.cipherInput("a", size, limbs);
    int words = repeat.words(p.degree());
    Segment row = e.code().input("row", (long) limbs * words);
    Segment out = e.cipherOutput("result", size, limbs);
    for (int i = 0; i < limbs; i++) {
      e.code()
          .binary(Opcode.ADD, i, e.limb(out, i), e.limb(a, i), row.at((long) i * words), repeat);
    }
    for (int index = limbs; index < size * limbs; index++) {
      e.code().copy(index % limbs, e.limb(out, index), e.limb(a, index));
    }
    return e.build();
  }

  /** Σ xₜ ⊙ wₜ: inputs x₀ … , then the rows w₀ … of repeated words, output of size 2. */
  static LimbProgram plainProducts(CkksParameters p, int terms, int limbs, Repeat repeat) {
    Emitter e = new Emitter("sum of plaintext products", p);
    int words = repeat.words(p.degree());
    Segment[] x = new Segment[terms];
    Segment[] w = new Segment[terms];
    for (int t = 0; t < terms; t++) {
      x[t] = e.cipherInput("x" + t, 2, limbs);
    }
    for (int t = 0; t < terms; t++) {
      w[t] = e.code().input("w" + t, (long) limbs * words);
    }
    Segment out = e.cipherOutput("result", 2, limbs);
    for (int poly = 0; poly < 2; poly++) {
      for (int i = 0; i < limbs; i++) {
        for (int t = 0; t < terms; t++) {
          e.code()
              .binary(
                  t == 0 ? Opcode.MUL : Opcode.MAC,
                  i,
                  e.limb(out, limbs, poly, i),
                  e.limb(x[t], limbs, poly, i),
                  w[t].at((long) i * words),
                  repeat);
        }
      }
    }
    return e.build();
  }

  /** Σ aₜ·bₜ: inputs a₀ b₀ a₁ b₁ … of size 2, output of size 3. */
  static LimbProgram products(CkksParameters p, int terms, int limbs) {
    Emitter e = new Emitter("sum of products", p);
    Segment[] a = new Segment[terms];
    Segment[] b = new Segment[terms];
    for (int t = 0; t < terms; t++) {
      a[t] = e.cipherInput("a" + t, 2, limbs);
      b[t] = e.cipherInput("b" + t, 2, limbs);
    }
    Segment out = e.cipherOutput("result", 3, limbs);
    for (int i = 0; i < limbs; i++) {
      for (int poly = 0; poly < 3; poly++) {
        Operand d = e.limb(out, limbs, poly, i);
        boolean first = true;
        for (int t = 0; t < terms; t++) {
          for (int left = Math.max(0, poly - 1); left <= Math.min(1, poly); left++) {
            Operand x = e.limb(a[t], limbs, left, i);
            Operand y = e.limb(b[t], limbs, poly - left, i);
            if (first) {
              e.code().mul(i, d, x, y);
            } else {
              e.code().mac(i, d, x, y);
            }
            first = false;
          }
        }
      }
    }
    return e.build();
  }

  /** The first {@code to} limbs: input, output. */
  static LimbProgram drop(CkksParameters p, int size, int limbs, int to) {
    Emitter e = new Emitter("drop limbs", p);
    Segment a = e.cipherInput("a", size, limbs);
    Segment out = e.cipherOutput("result", size, to);
    for (int poly = 0; poly < size; poly++) {
      for (int i = 0; i < to; i++) {
        e.code().copy(i, e.limb(out, to, poly, i), e.limb(a, limbs, poly, i));
      }
    }
    return e.build();
  }

  /** Division by the last prime with rounding: input, output with one limb less. */
  static LimbProgram rescale(CkksParameters p, int size, int limbs) {
    Emitter e = new Emitter("rescale", p);
    Segment a = e.cipherInput("a", size, limbs);
    Segment out = e.cipherOutput("result", size, limbs - 1);
    Segment last = e.scratch("last", size);
    Segment work = e.scratch("work", size * (limbs - 1));
    long half = e.prime(limbs - 1) >> 1;
    for (int poly = 0; poly < size; poly++) {
      Operand l = e.limb(last, poly);
      e.code().intt(limbs - 1, l, e.limb(a, limbs, poly, limbs - 1)).addc(limbs - 1, l, l, half);
      for (int i = 0; i < limbs - 1; i++) {
        KeySwitch.divideLimb(
            e,
            i,
            limbs - 1,
            half,
            e.limb(a, limbs, poly, i),
            l,
            e.limb(work, poly * (limbs - 1) + i),
            e.limb(out, limbs - 1, poly, i));
      }
    }
    return e.build();
  }

  /** Size 3 to size 2: input, key, output. */
  static LimbProgram relinearize(CkksParameters p, int limbs, int keyLimbs) {
    Emitter e = new Emitter("relinearize", p);
    Segment a = e.cipherInput("a", 3, limbs);
    Segment key = e.keyInput("key", keyLimbs);
    Segment out = e.cipherOutput("result", 2, limbs);
    KeySwitch keySwitch = new KeySwitch(e, limbs);
    keySwitch.plain(
        e.poly(a, limbs, 2),
        key,
        keyLimbs,
        new Operand[][] {e.poly(a, limbs, 0), e.poly(a, limbs, 1)},
        new Operand[][] {e.poly(out, limbs, 0), e.poly(out, limbs, 1)},
        keySwitch.lane());
    return e.build();
  }

  /** One rotation the plain way: input, key, output. */
  static LimbProgram rotate(CkksParameters p, int limbs, int keyLimbs, int element) {
    Emitter e = new Emitter("rotate", p);
    Segment a = e.cipherInput("a", 2, limbs);
    Segment key = e.keyInput("key", keyLimbs);
    Segment out = e.cipherOutput("result", 2, limbs);
    Segment permuted = e.scratch("permuted", 2 * limbs);
    KeySwitch keySwitch = new KeySwitch(e, limbs);
    rotate(
        e,
        keySwitch,
        limbs,
        new Operand[][] {e.poly(a, limbs, 0), e.poly(a, limbs, 1)},
        key,
        keyLimbs,
        element,
        new Operand[][] {e.poly(out, limbs, 0), e.poly(out, limbs, 1)},
        keySwitch.lane(),
        permuted);
    return e.build();
  }

  /** Emits a rotation the plain way; {@code permuted} is scratch of 2ℓ limbs. */
  static void rotate(
      Emitter e,
      KeySwitch keySwitch,
      int limbs,
      Operand[][] a,
      Segment key,
      int keyLimbs,
      int element,
      Operand[][] out,
      KeySwitch.Lane lane,
      Segment permuted) {
    for (int poly = 0; poly < 2; poly++) {
      for (int i = 0; i < limbs; i++) {
        e.code().perm(i, e.limb(permuted, limbs, poly, i), a[poly][i], element);
      }
    }
    keySwitch.plain(
        e.poly(permuted, limbs, 1),
        key,
        keyLimbs,
        new Operand[][] {e.poly(permuted, limbs, 0), {}},
        out,
        lane);
  }
}
