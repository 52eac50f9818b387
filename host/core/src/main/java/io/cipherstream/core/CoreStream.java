package io.cipherstream.core;

import static io.cipherstream.core.CoreLayout.*;

import io.cipherstream.core.CoreOp.Dot;
import io.cipherstream.core.CoreOp.Load;
import io.cipherstream.core.CoreOp.Pass;
import io.cipherstream.core.CoreOp.Store;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.ProgramException;
import io.cipherstream.ring.Repeat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The binary form of a core program, a stream for each cluster: its operations in order, a RECEIVE
 * where another cluster's operation writes one of its slots, and END. The layout is that of {@link
 * CoreLayout}.
 */
public final class CoreStream {

  private static final int REPEAT_MIRRORED = 0x80;
  private static final int TERM_SLOT = 0;
  private static final int TERM_MEMORY = 1;
  private static final int TERM_CONSTANT = 2;

  private CoreStream() {}

  /**
   * An element of a stream.
   *
   * @param op null for a RECEIVE
   * @param received the slot of a RECEIVE, else {@link CoreLayout#SLOT_NONE}
   */
  public record Entry(@Nullable CoreOp op, int received) {}

  /** The stream of a cluster: a direct buffer, little endian, position 0. */
  public static ByteBuffer encode(CoreProgram program, int cluster) {
    int lines = 1;
    for (CoreOp op : program.ops()) {
      lines += op.cluster() == cluster ? lines(op) : receives(op, cluster) ? 1 : 0;
    }
    ByteBuffer to = ByteBuffer.allocateDirect(lines * OP_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    for (CoreOp op : program.ops()) {
      if (op.cluster() == cluster) {
        encode(op, to, at);
        at += lines(op) * OP_BYTES;
      } else if (receives(op, cluster)) {
        to.put(at + OPCODE, (byte) CoreOpcode.RECEIVE.code());
        noSlots(to, at);
        to.putShort(at + D_SLOTS + 2 * cluster, op.d().get(cluster).shortValue());
        at += OP_BYTES;
      }
    }
    to.put(at + OPCODE, (byte) CoreOpcode.END.code());
    noSlots(to, at);
    return to;
  }

  private static boolean receives(CoreOp op, int cluster) {
    return cluster < op.d().size() && op.d().get(cluster) != SLOT_NONE;
  }

  /** Lines of an operation, with its terms. */
  public static int lines(CoreOp op) {
    int terms = op instanceof Dot d ? d.terms().size() : 0;
    int perLine = OP_BYTES / TERM_BYTES;
    return 1 + (terms + perLine - 1) / perLine;
  }

  private static void noSlots(ByteBuffer to, int at) {
    to.putShort(at + A_SLOT, (short) SLOT_NONE);
    to.putShort(at + X_SLOT, (short) SLOT_NONE);
    to.putShort(at + Y_SLOT, (short) SLOT_NONE);
    to.putLong(at + D_SLOTS, -1L);
  }

  private static void encode(CoreOp op, ByteBuffer to, int at) {
    noSlots(to, at);
    for (int k = 0; k < op.d().size(); k++) {
      to.putShort(at + D_SLOTS + 2 * k, op.d().get(k).shortValue());
    }
    Order order = CoreOp.order(op);
    to.put(at + TAG, (byte) order.tag());
    to.putShort(at + WAITS, (short) order.waits());
    if (op instanceof Load l) {
      to.put(at + OPCODE, (byte) CoreOpcode.LOAD.code());
      memory(to, at, l.from());
      to.putInt(at + GALOIS, l.galois());
    } else if (op instanceof Store s) {
      to.put(at + OPCODE, (byte) CoreOpcode.STORE.code());
      memory(to, at, s.to());
      to.putShort(at + A_SLOT, (short) s.a());
    } else if (op instanceof Pass p) {
      encode(p, to, at);
    } else {
      encode((Dot) op, to, at);
    }
  }

  private static void memory(ByteBuffer to, int at, Operand o) {
    to.putInt(at + SEGMENT, o.segment());
    to.putInt(at + LINE, o.line());
  }

  private static void encode(Pass p, ByteBuffer to, int at) {
    boolean transform = p.direction() != Direction.NONE;
    to.put(at + OPCODE, (byte) (transform ? CoreOpcode.XFM : CoreOpcode.MAP).code());
    to.put(at + MODULUS, (byte) p.modulus());
    to.put(at + SOURCE_MODULUS, (byte) p.pre().source());
    int flags = 0;
    flags |= p.direction() == Direction.INTT ? FLAG_INVERSE : 0;
    flags |= p.pre().reduced() ? FLAG_REDUCE : 0;
    flags |= p.pre().constant() != 0 ? FLAG_PRE_ADD : 0;
    flags |= p.post().subtract() ? FLAG_SUBTRACT : 0;
    flags |= p.post().scaled() ? FLAG_SCALE : 0;
    flags |= p.post().y() != SLOT_NONE ? FLAG_ADD : 0;
    flags |= p.post().constant() != 0 ? FLAG_ADD_CONSTANT : 0;
    flags |= p.countsZeros() ? FLAG_COUNT_ZEROS : 0;
    if (p.a() instanceof Factor.InMemory m) {
      flags |= FLAG_MEMORY_A;
      memory(to, at, m.at());
      to.put(at + REPEAT, repeat(m.repeat()));
    } else if (p.a() instanceof Factor.InSlot s) {
      to.putShort(at + A_SLOT, (short) s.slot());
    }
    to.putShort(at + FLAGS, (short) flags);
    to.putShort(at + X_SLOT, (short) p.post().x());
    to.putShort(at + Y_SLOT, (short) p.post().y());
    to.putInt(at + GALOIS, p.galois());
    to.putLong(at + PRE_CONSTANT, p.pre().constant());
    to.putLong(at + SCALE, p.post().scale());
    to.putLong(at + CONSTANT, p.post().constant());
  }

  private static void encode(Dot d, ByteBuffer to, int at) {
    to.put(at + OPCODE, (byte) CoreOpcode.DOT.code());
    to.put(at + MODULUS, (byte) d.modulus());
    to.put(at + TERMS, (byte) d.terms().size());
    to.putInt(at + GALOIS, d.galois());
    int term = at + OP_BYTES;
    for (Term t : d.terms()) {
      to.putShort(term + TERM_A_SLOT, (short) t.a());
      if (t.b() instanceof Factor.InSlot s) {
        to.put(term + TERM_KIND, (byte) TERM_SLOT);
        to.putInt(term + TERM_B, s.slot());
      } else if (t.b() instanceof Factor.InMemory m) {
        to.put(term + TERM_KIND, (byte) TERM_MEMORY);
        to.put(term + TERM_REPEAT, repeat(m.repeat()));
        to.putInt(term + TERM_B, m.at().segment());
        to.putLong(term + TERM_VALUE, m.at().line());
      } else {
        to.put(term + TERM_KIND, (byte) TERM_CONSTANT);
        to.putLong(term + TERM_VALUE, ((Factor.Constant) t.b()).value());
      }
      term += TERM_BYTES;
    }
  }

  private static byte repeat(Repeat r) {
    return (byte) (r.shift() | (r.mirrored() ? REPEAT_MIRRORED : 0));
  }

  /**
   * Reads a stream.
   *
   * @param cluster whose stream it is
   * @param clusters how many share the program
   * @throws ProgramException if it has no END, an opcode that there is not, or a term that is none
   */
  public static List<Entry> decode(ByteBuffer stream, int cluster, int clusters) {
    ByteBuffer from = stream.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    List<Entry> entries = new ArrayList<>();
    for (int at = 0; at + OP_BYTES <= from.limit(); ) {
      CoreOpcode opcode;
      try {
        opcode = CoreOpcode.of(Byte.toUnsignedInt(from.get(at + OPCODE)));
      } catch (IllegalArgumentException e) {
        throw new ProgramException("line " + at / OP_BYTES + ": " + e.getMessage());
      }
      switch (opcode) {
        case END -> {
          return entries;
        }
        case RECEIVE -> entries.add(new Entry(null, slot(from, at + D_SLOTS + 2 * cluster)));
        default -> {
          CoreOp op = op(opcode, from, at, cluster, clusters);
          entries.add(new Entry(op, SLOT_NONE));
          at += (lines(op) - 1) * OP_BYTES;
        }
      }
      at += OP_BYTES;
    }
    throw new ProgramException("a stream of " + from.limit() + " bytes without END");
  }

  private static int slot(ByteBuffer from, int at) {
    return Short.toUnsignedInt(from.getShort(at));
  }

  private static CoreOp op(CoreOpcode opcode, ByteBuffer from, int at, int cluster, int clusters) {
    List<Integer> d = new ArrayList<>();
    for (int k = 0; k < clusters; k++) {
      d.add(slot(from, at + D_SLOTS + 2 * k));
    }
    Order order = new Order(from.get(at + TAG), Short.toUnsignedInt(from.getShort(at + WAITS)));
    Operand memory = new Operand(from.getInt(at + SEGMENT), from.getInt(at + LINE));
    int galois = Math.max(1, from.getInt(at + GALOIS));
    return switch (opcode) {
      case LOAD -> new Load(cluster, List.copyOf(d), memory, galois, order);
      case STORE -> new Store(cluster, slot(from, at + A_SLOT), memory, order);
      case DOT ->
          new Dot(
              cluster,
              List.copyOf(d),
              Byte.toUnsignedInt(from.get(at + MODULUS)),
              terms(from, at),
              galois,
              order);
      default -> pass(opcode, from, at, cluster, List.copyOf(d), memory, galois, order);
    };
  }

  private static Pass pass(
      CoreOpcode opcode,
      ByteBuffer from,
      int at,
      int cluster,
      List<Integer> d,
      Operand memory,
      int galois,
      Order order) {
    int flags = Short.toUnsignedInt(from.getShort(at + FLAGS));
    Direction direction =
        opcode == CoreOpcode.MAP
            ? Direction.NONE
            : (flags & FLAG_INVERSE) != 0 ? Direction.INTT : Direction.NTT;
    int a = slot(from, at + A_SLOT);
    Factor operand =
        (flags & FLAG_MEMORY_A) != 0
            ? new Factor.InMemory(memory, repeat(from.get(at + REPEAT)))
            : a == SLOT_NONE ? null : new Factor.InSlot(a);
    return new Pass(
        cluster,
        d,
        direction,
        Byte.toUnsignedInt(from.get(at + MODULUS)),
        operand,
        new Pre(
            (flags & FLAG_REDUCE) != 0,
            Byte.toUnsignedInt(from.get(at + SOURCE_MODULUS)),
            from.getLong(at + PRE_CONSTANT)),
        new Post(
            (flags & FLAG_SUBTRACT) != 0,
            slot(from, at + X_SLOT),
            (flags & FLAG_SCALE) != 0,
            from.getLong(at + SCALE),
            slot(from, at + Y_SLOT),
            from.getLong(at + CONSTANT)),
        galois,
        (flags & FLAG_COUNT_ZEROS) != 0,
        order);
  }

  private static List<Term> terms(ByteBuffer from, int at) {
    int count = Byte.toUnsignedInt(from.get(at + TERMS));
    int line = at / OP_BYTES;
    if (count > TERMS_MAX || at + OP_BYTES + count * TERM_BYTES > from.limit()) {
      throw new ProgramException("line " + line + ": " + count + " terms, beyond the stream");
    }
    List<Term> terms = new ArrayList<>();
    for (int t = 0; t < count; t++) {
      int term = at + OP_BYTES + t * TERM_BYTES;
      int b = from.getInt(term + TERM_B);
      long value = from.getLong(term + TERM_VALUE);
      Factor factor =
          switch (from.get(term + TERM_KIND)) {
            case TERM_SLOT -> new Factor.InSlot(b);
            case TERM_MEMORY ->
                new Factor.InMemory(
                    new Operand(b, (int) value), repeat(from.get(term + TERM_REPEAT)));
            case TERM_CONSTANT -> new Factor.Constant(value);
            default ->
                throw new ProgramException(
                    "line " + line + ": term " + t + " is of kind " + from.get(term + TERM_KIND));
          };
      terms.add(new Term(slot(from, term + TERM_A_SLOT), factor));
    }
    return List.copyOf(terms);
  }

  private static Repeat repeat(byte value) {
    return new Repeat(value & 0x1f, (value & REPEAT_MIRRORED) != 0);
  }
}
