package io.cipherstream.core;

import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.Instruction;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.Segment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All limb programs between two messages of a client as one limb program, so that a card is
 * launched once a round, values pass from program to program without memory, and the compiler
 * orders all of them. A buffer becomes one segment, all scratch memory another; that of a program
 * is shared by all its submissions, as a program never reads what an earlier one left there.
 *
 * @param program the joined program
 * @param buffers numbers of the buffers that its arguments are, in order; each from word 0 on
 */
public record RoundProgram(LimbProgram program, List<Integer> buffers) {

  /** Joins submissions, which take effect one after the other. */
  public static RoundProgram of(String name, LimbRing ring, List<Submission> submissions) {
    Map<Integer, Long> words = new TreeMap<>();
    Set<Integer> written = new HashSet<>();
    for (Submission s : submissions) {
      for (int i = 0; i < s.arguments().size(); i++) {
        Submission.Region r = s.arguments().get(i);
        words.merge(r.buffer(), r.offset() + r.words(), Math::max);
        if (s.program().arguments().get(i).access().writable()) {
          written.add(r.buffer());
        }
      }
    }
    ProgramBuilder builder = LimbProgram.builder(name, ring);
    Map<Integer, Segment> segments = new HashMap<>();
    words.forEach(
        (buffer, count) ->
            segments.put(
                buffer,
                builder.segment(
                    "buffer" + buffer,
                    written.contains(buffer) ? Segment.Access.UPDATE : Segment.Access.INPUT,
                    count)));
    Map<LimbProgram, Long> scratch = new HashMap<>();
    long scratchWords = 0;
    for (Submission s : submissions) {
      if (s.program().scratchWords() > 0
          && scratch.putIfAbsent(s.program(), scratchWords) == null) {
        scratchWords += s.program().scratchWords();
      }
    }
    Segment shared = scratchWords > 0 ? builder.scratch("scratch", scratchWords) : null;
    for (Submission s : submissions) {
      builder.task();
      long own = scratch.getOrDefault(s.program(), 0L);
      List<Operand> bases = bases(s, segments, shared, own);
      for (Instruction i : s.program().instructions()) {
        builder.append(i.moved(o -> moved(o, bases)));
      }
    }
    return new RoundProgram(builder.build(), List.copyOf(words.keySet()));
  }

  /** Where each segment of a submission's program begins. */
  private static List<Operand> bases(
      Submission s, Map<Integer, Segment> segments, @Nullable Segment scratch, long scratchWord) {
    List<Operand> bases = new ArrayList<>();
    int argument = 0;
    long word = scratchWord;
    for (Segment x : s.program().segments()) {
      if (x.access() == Segment.Access.SCRATCH) {
        bases.add(at(Objects.requireNonNull(scratch), word));
        word += x.words();
      } else {
        Submission.Region r = s.arguments().get(argument++);
        bases.add(at(Objects.requireNonNull(segments.get(r.buffer())), r.offset()));
      }
    }
    return bases;
  }

  private static Operand at(Segment segment, long word) {
    return new Operand(segment.index(), Math.toIntExact(word / DescriptorLayout.LINE_WORDS));
  }

  private static Operand moved(Operand o, List<Operand> bases) {
    Operand base = bases.get(o.segment());
    return new Operand(base.segment(), base.line() + o.line());
  }
}
