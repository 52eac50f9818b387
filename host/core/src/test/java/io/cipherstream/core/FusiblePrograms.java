package io.cipherstream.core;

import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.Repeat;
import io.cipherstream.ring.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random programs in the manner of the CKKS compiler: limbs at limb positions, most results read
 * once by one of the next instructions, sums with many terms, short weights, constants; rich in
 * what fusion looks for, and in what it must leave alone.
 */
final class FusiblePrograms {

  private final SplittableRandom random;
  private final LimbRing ring;

  FusiblePrograms(long seed, LimbRing ring) {
    this.random = new SplittableRandom(seed);
    this.ring = ring;
  }

  /** A limb and the modulus of its residues. */
  private record Held(Operand at, int modulus) {}

  LimbProgram next(int instructions) {
    int n = ring.degree();
    int moduli = ring.moduli().size();
    ProgramBuilder b = LimbProgram.builder("fusible", ring);
    Segment in = b.input("in", 4L * moduli * n);
    Segment weights = b.input("weights", n);
    Segment work = b.scratch("work", (long) instructions * n);
    Segment out = b.output("out", 6L * n);
    List<Held> held = new ArrayList<>();
    for (int k = 0; k < 4 * moduli; k++) {
      held.add(new Held(in.at((long) k * n), k % moduli));
    }
    for (int i = 0; i < instructions; i++) {
      boolean leaves = random.nextInt(10) == 0;
      Operand d = leaves ? out.at(random.nextInt(6) * (long) n) : work.at((long) i * n);
      if (leaves) {
        held.removeIf(h -> h.at().equals(d));
      }
      Held a = pick(held, -1);
      int q = a.modulus();
      long c = random.nextLong(ring.modulus(q).value());
      switch (random.nextInt(13)) {
        case 0 -> b.ntt(q, d, a.at());
        case 1 -> b.intt(q, d, a.at());
        case 2 -> sum(b, held, d, q);
        case 3 -> b.add(q, d, a.at(), pick(held, q).at());
        case 4 -> b.sub(q, d, a.at(), pick(held, q).at());
        case 5 -> b.neg(q, d, a.at());
        case 6 -> b.scale(q, d, a.at(), c);
        case 7 -> b.addc(q, d, a.at(), c);
        case 8 -> {
          q = random.nextInt(moduli);
          b.reduce(q, d, a.at(), a.modulus());
        }
        case 9 -> b.perm(q, d, a.at(), 2 * random.nextInt(n) + 1);
        case 10 -> b.fill(q, d, random.nextBoolean() ? 0 : c);
        case 11 -> b.copy(q, d, a.at());
        default -> {
          b.zeros(q, a.at());
          b.binary(Opcode.MUL, q, d, a.at(), weights.at(0), Repeat.plain(n, 8));
        }
      }
      held.add(new Held(d, q));
    }
    return b.build();
  }

  private void sum(ProgramBuilder b, List<Held> held, Operand d, int q) {
    boolean filled = random.nextBoolean();
    if (filled) {
      b.fill(q, d, 0);
    }
    int terms = 1 + random.nextInt(random.nextInt(8) == 0 ? 90 : 8);
    for (int t = 0; t < terms; t++) {
      Operand x = other(held, q, d);
      Opcode opcode = t == 0 && !filled ? Opcode.MUL : Opcode.MAC;
      if (random.nextInt(4) == 0) {
        b.binary(opcode, q, d, x, new Operand(1, 0), Repeat.mirrored(ring.degree(), 8));
      } else {
        b.binary(opcode, q, d, x, other(held, q, d), Repeat.NONE);
      }
      if (random.nextInt(6) == 0) {
        Held from = pick(held, -1);
        if (!from.at().equals(d)) {
          b.macc(q, d, from.at(), from.modulus(), random.nextLong(ring.modulus(q).value()));
        }
      }
    }
  }

  private Operand other(List<Held> held, int q, Operand d) {
    Operand at = pick(held, q).at();
    while (at.equals(d)) {
      at = pick(held, q).at();
    }
    return at;
  }

  /** A limb of that modulus, or of any for −1; mostly a late one. */
  private Held pick(List<Held> held, int modulus) {
    while (true) {
      int back = random.nextInt(3) == 0 ? random.nextInt(held.size()) : random.nextInt(4);
      Held h = held.get(Math.max(0, held.size() - 1 - back));
      if (modulus < 0 || h.modulus() == modulus) {
        return h;
      }
      h = held.get(random.nextInt(held.size()));
      if (h.modulus() == modulus) {
        return h;
      }
    }
  }
}
