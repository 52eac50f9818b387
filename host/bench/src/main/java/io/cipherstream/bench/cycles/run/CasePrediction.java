package io.cipherstream.bench.cycles.run;

import io.cipherstream.bench.cycles.ClusterPrediction;
import io.cipherstream.bench.cycles.ClusterTiming;
import io.cipherstream.bench.cycles.report.CycleMeasurement.Counts;
import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.CoreOp;
import io.cipherstream.core.CoreProgram;
import io.cipherstream.core.Direction;
import io.cipherstream.core.lower.Lowering;
import io.cipherstream.ring.LimbProgram;
import java.util.List;
import java.util.Map;

/**
 * A limb program compiled for clusters, and what the model says of it.
 *
 * @param butterflyBound cycles in which its butterflies can be issued at best
 * @param wordBound cycles in which its words pass the busiest of streams, product lanes and memory
 *     ports at best
 * @param counts cycles, rows and bytes
 */
record CasePrediction(double butterflyBound, double wordBound, Counts counts) {

  static CasePrediction of(LimbProgram program, ClusterShape shape) {
    CoreProgram core = new Lowering(shape).lower(program);
    ClusterPrediction p = ClusterTiming.of(core, shape);
    int degree = program.ring().degree();
    List<CoreOp.Pass> passes = of(core, CoreOp.Pass.class);
    long transforms = passes.stream().filter(x -> x.direction() != Direction.NONE).count();
    long maps = passes.size() - transforms;
    long terms = of(core, CoreOp.Dot.class).stream().mapToLong(d -> d.terms().size()).sum();
    double streams =
        Math.max(transforms, maps) * shape.streamCycles(degree) / (double) shape.clusters();
    double memory =
        Math.max(
            (double) p.bytesIn() / Long.BYTES / shape.wordsIn(),
            (double) p.bytesOut() / Long.BYTES / shape.wordsOut());
    return new CasePrediction(
        p.butterflies(),
        Math.max(p.products(), Math.max(streams, memory)),
        new Counts(
            p.cycles(),
            Math.round(transforms * shape.transformCycles(degree)),
            terms * degree / shape.products(),
            Map.of(
                PortStatistics.READ,
                p.bytesIn(),
                PortStatistics.WRITTEN,
                p.bytesOut(),
                PortStatistics.PROGRAM,
                p.programBytes())));
  }

  private static <T extends CoreOp> List<T> of(CoreProgram program, Class<T> kind) {
    return program.ops().stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
