package io.cipherstream.server.serving;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.intervals.ChunkLanes;
import io.cipherstream.intervals.IntervalPlan;
import io.cipherstream.intervals.IntervalProgram;
import io.cipherstream.intervals.TrackSource;
import java.util.List;

/** A query of stored tracks, as a {@link RoundlessRun} computes it. */
record TrackQuery(
    IntervalPlan plan,
    List<StoredTrack> tracks,
    CryptoBackend backend,
    EvaluationKeys keys,
    ChunkLanes lanes)
    implements RoundlessRun.Program {

  TrackQuery {
    tracks = List.copyOf(tracks);
  }

  @Override
  public List<Ciphertext> run(CkksEvaluator on, List<HostCiphertext> masks) {
    TrackSource source =
        (track, plane, chunk) -> {
          int index = plane.index(chunk, plan.chunks());
          try (HostCiphertext stored = tracks.get(track).read(plane.form(), index, backend)) {
            return on.bring(stored);
          }
        };
    return new IntervalProgram(on, keys, lanes).run(plan, source, k -> on.bring(masks.get(k)));
  }
}
