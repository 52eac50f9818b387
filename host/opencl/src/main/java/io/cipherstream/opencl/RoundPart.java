package io.cipherstream.opencl;

import io.cipherstream.core.Submission;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.ProgramArguments;
import io.cipherstream.ring.Segment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A part of a round, which is joined to one program: a job of its launch.
 *
 * @param submissions buffers numbered by their first use in the part: equal for equal parts
 * @param buffers by that number
 */
record RoundPart(List<Submission> submissions, List<OpenClBuffer> buffers) {

  /**
   * Numbers buffers anew.
   *
   * @param round the round's buffers by the number that the submissions name
   */
  static RoundPart of(List<Submission> submissions, List<OpenClBuffer> round) {
    Map<Integer, Integer> numbers = new LinkedHashMap<>();
    List<Submission> numbered = new ArrayList<>();
    for (Submission s : submissions) {
      List<Submission.Region> regions = new ArrayList<>();
      for (Submission.Region r : s.arguments()) {
        int number = numbers.computeIfAbsent(r.buffer(), buffer -> numbers.size());
        regions.add(new Submission.Region(number, r.offset(), r.words()));
      }
      numbered.add(new Submission(s.program(), regions));
    }
    return new RoundPart(List.copyOf(numbered), numbers.keySet().stream().map(round::get).toList());
  }

  /** The buffers as arguments of the joined program. */
  List<ProgramArguments.Bound<OpenClBuffer>> bound(LimbProgram joined) {
    List<ProgramArguments.Bound<OpenClBuffer>> bound = new ArrayList<>();
    for (Segment s : joined.arguments()) {
      OpenClBuffer buffer = buffers.get(bound.size());
      long begin = buffer.region().word();
      bound.add(new ProgramArguments.Bound<>(s, buffer, begin, begin + s.words()));
    }
    return bound;
  }
}
