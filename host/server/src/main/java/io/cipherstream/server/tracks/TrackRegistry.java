package io.cipherstream.server.tracks;

import io.cipherstream.intervals.IntervalPlan;
import io.cipherstream.server.config.Limits;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.serving.StoredTrack;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.session.StorageProblems;
import io.cipherstream.server.tenant.Quota;
import io.cipherstream.server.tenant.Quotas;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tracks of all tenants, who never see each other's. A track stays until its tenant deletes it,
 * whatever becomes of its session; one that was begun and not completed goes after {@code
 * incompleteTrackSeconds}. Thread-safe.
 */
public final class TrackRegistry {

  private static final Logger LOG = LoggerFactory.getLogger(TrackRegistry.class);

  private final TrackStore store;
  private final Limits limits;
  private final Quotas quotas;
  private final InstantSource clock;
  private final ByteBufAllocator alloc;
  private final Map<String, HeldTrack> tracks = new ConcurrentHashMap<>();

  /**
   * Reads the stored tracks. Blocks.
   *
   * @param quotas what each tenant may store
   */
  public TrackRegistry(
      Path dataDirectory, Limits limits, Quotas quotas, InstantSource clock, ByteBufAllocator alloc)
      throws IOException {
    this.store = new TrackStore(dataDirectory);
    this.limits = limits;
    this.quotas = quotas;
    this.clock = clock;
    this.alloc = alloc;
    for (TrackStore.Stored stored : store.loadAll()) {
      put(stored.info(), stored.present());
    }
  }

  private HeldTrack put(TrackInfo info, BitSet present) {
    HeldTrack track = new HeldTrack(info, store, alloc, present, clock.instant());
    tracks.put(info.id(), track);
    return track;
  }

  /**
   * Begins a track, or finds the one that the same request began before. Blocks.
   *
   * @throws ProblemException {@link ProblemType#QUOTA_EXCEEDED} beyond {@code tracksPerTenantMax}
   *     or {@code trackBytesPerTenantMax}, {@link ProblemType#STORAGE_FULL}, or {@link
   *     ProblemType#REQUEST_INVALID} for a size that no plan has or the id of another track
   */
  public synchronized HeldTrack create(String id, int chunks, Session session) throws IOException {
    if (chunks < 1 || chunks > IntervalPlan.CHUNKS_MAX || Integer.bitCount(chunks) != 1) {
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          "a track of " + chunks + " chunks",
          "a power of two up to " + IntervalPlan.CHUNKS_MAX,
          "fill the last chunks with encryptions of zero");
    }
    TrackInfo info = TrackInfo.of(id, chunks, session, clock.instant().getEpochSecond());
    HeldTrack old = tracks.get(id);
    if (old != null) {
      boolean same =
          old.info().tenant().equals(info.tenant())
              && old.info().session().equals(info.session())
              && old.info().chunks() == chunks;
      if (!same) {
        throw ProblemException.of(
            ProblemType.REQUEST_INVALID,
            "track " + id + ", an id that is in use",
            "16 fresh random bytes",
            "choose a new id for every track");
      }
      return old;
    }
    checkRoom(info.tenant(), HeldTrack.bytes(chunks));
    store.create(info);
    return put(info, new BitSet());
  }

  private void checkRoom(String tenant, long more) {
    Quota quota = quotas.of(tenant);
    List<HeldTrack> held = of(tenant);
    if (held.size() >= quota.tracks()) {
      throw exceeded(
          (held.size() + 1) + " tracks with this one", quota.tracks(), "tracksPerTenantMax");
    }
    long bytes = held.stream().mapToLong(HeldTrack::bytes).sum() + more;
    if (bytes > quota.trackBytes()) {
      throw exceeded(
          bytes + " bytes of tracks with this one", quota.trackBytes(), "trackBytesPerTenantMax");
    }
    if (store.usableBytes() - more < limits.diskReserveBytes()) {
      throw StorageProblems.full();
    }
  }

  private static ProblemException exceeded(String received, long most, String limit) {
    return ProblemException.of(
            ProblemType.QUOTA_EXCEEDED,
            received,
            "at most " + most + " (" + limit + ")",
            "delete a track that is no longer used (GET /v2/tracks lists them)")
        .with("limit", limit);
  }

  /**
   * The tenant's track of that id.
   *
   * @throws ProblemException {@link ProblemType#TRACK_UNKNOWN}
   */
  public HeldTrack require(String tenant, String id) {
    HeldTrack track = tracks.get(id);
    if (track == null || !track.info().tenant().equals(tenant)) {
      throw unknown(id);
    }
    return track;
  }

  /**
   * The tracks that a query names.
   *
   * @param count how many its plan takes
   * @param chunks size of each
   * @throws ProblemException {@link ProblemType#REQUEST_INVALID} for another number or size, {@link
   *     ProblemType#TRACK_UNKNOWN}, {@link ProblemType#TRACK_INCOMPLETE}
   */
  public List<StoredTrack> named(String tenant, List<String> ids, int count, int chunks) {
    if (ids.size() != count) {
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          ids.size() + " tracks",
          count + ", as many as the mode takes",
          "name them in parameters.tracks");
    }
    List<StoredTrack> named = new ArrayList<>();
    for (String id : ids) {
      HeldTrack track = require(tenant, id);
      if (track.missing() > 0) {
        throw incomplete(track);
      }
      if (track.info().chunks() != chunks) {
        throw ProblemException.of(
            ProblemType.REQUEST_INVALID,
            "track " + id + " of " + track.info().chunks() + " chunks in a query of " + chunks,
            "tracks of the query's size",
            "load the tracks with the same genome and bins");
      }
      named.add(track);
    }
    return named;
  }

  static ProblemException unknown(String id) {
    return ProblemException.of(
        ProblemType.TRACK_UNKNOWN,
        "track " + id,
        "a track of this tenant (GET /v2/tracks lists them)",
        "load the track again");
  }

  static ProblemException incomplete(HeldTrack track) {
    return ProblemException.of(
        ProblemType.TRACK_INCOMPLETE,
        "track " + track.info().id() + " with " + track.missing() + " ciphertexts missing",
        "all " + track.envelopes() + " of them",
        "load the track again");
  }

  /** A tenant's tracks in the order of their ids. */
  public List<HeldTrack> of(String tenant) {
    return tracks.values().stream()
        .filter(track -> track.info().tenant().equals(tenant))
        .sorted(Comparator.comparing(track -> track.info().id()))
        .toList();
  }

  /** All tracks of all tenants. */
  public int count() {
    return tracks.size();
  }

  /** Bytes of all tracks, each counted as whole. */
  public long bytes() {
    return tracks.values().stream().mapToLong(HeldTrack::bytes).sum();
  }

  /** Bytes of one tenant's. */
  public long bytes(String tenant) {
    return of(tenant).stream().mapToLong(HeldTrack::bytes).sum();
  }

  /** Removes a track and its ciphertexts. Blocks. */
  public synchronized void delete(HeldTrack track) throws IOException {
    if (tracks.remove(track.info().id(), track)) {
      track.remove();
      store.delete(track.info().id());
    }
  }

  /** Removes what was begun and not completed in time. Blocks. */
  public void sweep() throws IOException {
    Instant last = clock.instant().minusSeconds(limits.incompleteTrackSeconds());
    for (HeldTrack track : List.copyOf(tracks.values())) {
      if (track.missing() > 0 && track.lastStored().isBefore(last)) {
        LOG.info("{} was not completed", track.info());
        delete(track);
      }
    }
  }
}
