package io.cipherstream.opencl;

import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.LaunchPlan;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.Opcode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A program as launches and the tables they need in device memory: the descriptors in the order of
 * the launches, then the number of each node's first descriptor. Immutable.
 */
final class DeviceProgram {

  /** Most nodes of a kernel launch: devices limit the second dimension to less than 2^16. */
  static final int NODES_MAX = 1 << 15;

  /**
   * A step and the instructions its time counts for.
   *
   * @param weights number of instructions of each kind in it
   */
  record TimedStep(KernelSet.Step step, Map<Opcode, Integer> weights) {}

  private final List<TimedStep> steps = new ArrayList<>();
  private final ByteBuffer tables;
  private final int descriptorWords;
  private final int zeroCounters;

  DeviceProgram(LimbProgram program, KernelSet kernels) {
    List<LaunchPlan.Launch> launches = LaunchPlan.of(program).launches();
    int nodes = launches.stream().mapToInt(l -> l.nodes().size()).sum();
    int instructions = program.instructions().size();
    descriptorWords = instructions * DescriptorLayout.BYTES / Long.BYTES;
    int startWords = (nodes + 2) / 2;
    tables =
        ByteBuffer.allocateDirect((descriptorWords + startWords) * Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer descriptors = program.descriptors();
    int at = 0;
    int node = 0;
    int counters = 0;
    for (LaunchPlan.Launch launch : launches) {
      int first = node;
      Map<Opcode, Integer> weights = new EnumMap<>(Opcode.class);
      for (LaunchPlan.Node n : launch.nodes()) {
        tables.putInt(descriptorWords * Long.BYTES + node * Integer.BYTES, at);
        for (int i : n.instructions()) {
          int to = at * DescriptorLayout.BYTES;
          tables.put(to, descriptors, i * DescriptorLayout.BYTES, DescriptorLayout.BYTES);
          weights.merge(program.instructions().get(i).opcode(), 1, Integer::sum);
          if (launch.kind() == LaunchPlan.Kind.ZEROS) {
            int counter = firstCounter(program) + counters++;
            tables.putLong(to + DescriptorLayout.CONSTANT, counter);
          }
          at++;
        }
        node++;
      }
      for (int from = first; from < node; from += NODES_MAX) {
        int count = Math.min(NODES_MAX, node - from);
        for (KernelSet.Step step : kernels.steps(launch.kind(), from, count)) {
          steps.add(new TimedStep(step, weights));
        }
      }
    }
    tables.putInt(descriptorWords * Long.BYTES + node * Integer.BYTES, at);
    zeroCounters = counters;
  }

  /** Index of the first 32-bit zero counter within the submission's table. */
  static int firstCounter(LimbProgram program) {
    return 2 * (2 + program.segments().size());
  }

  List<TimedStep> steps() {
    return steps;
  }

  /** The words to copy to the device. */
  ByteBuffer tables() {
    return tables.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Words from the beginning of the tables to the node starts. */
  int descriptorWords() {
    return descriptorWords;
  }

  int zeroCounters() {
    return zeroCounters;
  }

  /** Words of a submission's table: two addresses, the segments, the counters. */
  static int submissionWords(LimbProgram program, int zeroCounters) {
    return 2 + program.segments().size() + (zeroCounters + 1) / 2;
  }

  /** Times of the steps by instruction, shared by the instructions of a step. */
  Map<Opcode, Long> nanosByOpcode(long[] nanos, int firstStep) {
    Map<Opcode, Long> sums = new EnumMap<>(Opcode.class);
    for (int i = 0; i < steps.size(); i++) {
      Map<Opcode, Integer> weights = steps.get(i).weights();
      long all = weights.values().stream().mapToLong(Integer::longValue).sum();
      long time = nanos[firstStep + i];
      weights.forEach((opcode, count) -> sums.merge(opcode, time * count / all, Long::sum));
    }
    return sums;
  }
}
