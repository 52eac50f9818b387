package io.cipherstream.client;

import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.intervals.BinGrid;
import io.cipherstream.intervals.IntervalException;
import io.cipherstream.intervals.IntervalMode;
import io.cipherstream.intervals.IntervalPlan;
import io.cipherstream.intervals.PairAnswer;
import io.cipherstream.intervals.QueryMask;
import io.cipherstream.intervals.Region;
import io.cipherstream.intervals.SingleAnswer;
import io.cipherstream.intervals.Track;
import io.cipherstream.transformer.KeyRequirements;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/**
 * Encrypted tracks of genomic intervals at an appliance, and queries of them. The appliance sees
 * how many ciphertexts there are, and whether a query is of one track or of two; names, genome,
 * coordinates, the query's region and kind, and its answer stay here. One call runs at a time.
 */
public final class IntervalTracks implements AutoCloseable {

  /** Name of what the appliance serves queries as. */
  public static final String MODEL = "intervals";

  private final ApplianceHttp http;
  private final ClientOptions options;
  private final ExecutorService workers;
  private final KeyedSession session;
  private final RoundlessRequests requests;

  IntervalTracks(ApplianceHttp http, ClientOptions options, ExecutorService workers) {
    this.http = http;
    this.options = options;
    this.workers = workers;
    this.session =
        new KeyedSession(
            http,
            options,
            IntervalPlan.PARAMETERS,
            keys ->
                new SessionOpener(
                    http,
                    options,
                    workers,
                    ModelDescription.fetch(http, MODEL),
                    List.of(IntervalMode.SINGLE.label(), IntervalMode.PAIR.label()),
                    IntervalPlan.all().stream().map(IntervalPlan::chunks).distinct().toList(),
                    new KeyRequirements(new TreeMap<>(), IntervalPlan.RELINEARIZATION_LIMBS),
                    keys));
    this.requests = new RoundlessRequests(http, options, workers, MODEL, session);
  }

  /** An answer about one track. */
  public record Coverage(long basePairs, RequestReport report) {}

  /** An answer about two tracks. */
  public record Comparison(PairAnswer answer, RequestReport report) {}

  /** Tracks that this client has loaded, by name. */
  public List<TrackRecord> list() {
    return TrackRecord.all(options);
  }

  /**
   * The track of that name.
   *
   * @throws ClientException of kind INPUT_UNSUPPORTED that lists the tracks there are
   */
  public TrackRecord find(String name) {
    return TrackRecord.read(options, name)
        .orElseThrow(
            () ->
                new ClientException(
                    Kind.INPUT_UNSUPPORTED,
                    "no track '"
                        + name
                        + "' was loaded from here; there are: "
                        + list().stream().map(TrackRecord::name).toList()));
  }

  /**
   * Encrypts a track and stores it at the appliance.
   *
   * @param replace whether a track of that name is replaced, and deleted once the new one is there
   * @throws ClientException of kind INPUT_UNSUPPORTED for a name in use otherwise, or one that
   *     could not be a file's; of other kinds if the appliance refuses it
   */
  public synchronized TrackRecord load(String name, Track track, boolean replace) {
    Optional<TrackRecord> old = TrackRecord.read(options, name);
    if (old.isPresent() && !replace) {
      throw new ClientException(
          Kind.INPUT_UNSUPPORTED,
          "a track '" + name + "' is there: choose another name, or replace it (--replace)");
    }
    String id =
        session.renewing(
            (open, keys) -> new TrackLoader(http, options, workers, open, keys).run(track),
            e -> false);
    TrackRecord record = new TrackRecord(name, id, track.grid(), session.keys().secretKeyId());
    try {
      record.write(options);
    } catch (RuntimeException e) {
      TrackLoader.deleteAfter(e, http, id); // nobody could name it any more
      throw e;
    }
    old.ifPresent(each -> http.delete("/v2/tracks/" + each.id()));
    return record;
  }

  /** Deletes a track at the appliance and here. */
  public synchronized void delete(String name) {
    TrackRecord track = find(name);
    http.delete("/v2/tracks/" + track.id());
    track.forget(options);
  }

  /**
   * Base pairs that a track covers in a region.
   *
   * @param region the whole genome if empty
   * @throws IntervalException for a region that is not the grid's
   */
  public synchronized Coverage coverage(TrackRecord track, Optional<Region> region) {
    RoundlessRequests.Asked asked = ask(IntervalMode.SINGLE, List.of(track), bins(track, region));
    return new Coverage(
        decoded(() -> SingleAnswer.coveredBases(track.grid(), asked.slots().get(0))),
        asked.report());
  }

  /**
   * Compares two tracks in a region.
   *
   * @throws ClientException of kind INPUT_UNSUPPORTED if they have different genomes or bins
   * @throws IntervalException for a region that is not the grid's
   */
  public synchronized Comparison compare(
      TrackRecord first, TrackRecord second, Optional<Region> region) {
    if (!first.grid().genome().equals(second.grid().genome())
        || first.grid().binSize() != second.grid().binSize()) {
      throw new ClientException(
          Kind.INPUT_UNSUPPORTED,
          "tracks '"
              + first.name()
              + "' and '"
              + second.name()
              + "' have "
              + (first.grid().binSize() != second.grid().binSize()
                  ? "bins of " + first.grid().binSize() + " and " + second.grid().binSize() + " bp"
                  : "different genomes")
              + ": load both with the same --genome and --bins");
    }
    BinGrid.Bins bins = bins(first, region);
    RoundlessRequests.Asked asked = ask(IntervalMode.PAIR, List.of(first, second), bins);
    return new Comparison(
        decoded(() -> new PairAnswer(first.grid(), bins, asked.slots())), asked.report());
  }

  private static <T> T decoded(Supplier<T> answer) {
    try {
      return answer.get();
    } catch (IntervalException e) {
      throw new ClientException(Kind.PROTOCOL, String.valueOf(e.getMessage()), e);
    }
  }

  private static BinGrid.Bins bins(TrackRecord track, Optional<Region> region) {
    return region.map(track.grid()::bins).orElseGet(track.grid()::all);
  }

  private RoundlessRequests.Asked ask(
      IntervalMode mode, List<TrackRecord> tracks, BinGrid.Bins region) {
    for (TrackRecord track : tracks) {
      if (!track.secretKeyId().equals(session.keys().secretKeyId())) {
        throw new ClientException(
            Kind.KEY_FILE,
            "track '"
                + track.name()
                + "' is encrypted under a secret key that is no longer here: load it again");
      }
    }
    IntervalPlan plan = new IntervalPlan(mode, tracks.get(0).grid().chunks());
    List<String> ids = tracks.stream().map(TrackRecord::id).toList();
    return requests.ask(plan, ids, () -> masks(plan, region));
  }

  private static List<double[]> masks(IntervalPlan plan, BinGrid.Bins region) {
    List<double[]> masks = new ArrayList<>();
    for (int k = 0; k < plan.chunks(); k++) {
      masks.add(QueryMask.slots(region, k));
    }
    return masks;
  }

  @Override
  public synchronized void close() {
    session.close();
  }
}
