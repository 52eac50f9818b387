package io.cipherstream.server.tracks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.intervals.IntervalPlan;
import io.cipherstream.server.config.ConfigLoader;
import io.cipherstream.server.config.Limits;
import io.cipherstream.server.config.ServerConfig.Tenant;
import io.cipherstream.server.config.ServerConfig.TenantLimits;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.session.SessionInfo;
import io.cipherstream.server.session.SessionRegistry;
import io.cipherstream.server.session.SessionRequest;
import io.cipherstream.server.session.SessionStore;
import io.cipherstream.server.tenant.Quotas;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What several requests do to one track at one time; how many there may be, and until when. */
class TrackRegistryTest {

  private static final String ID = "0f".repeat(16);
  private static final int RACES = 100;

  @TempDir private Path data;
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private final Limits limits =
      ConfigLoader.load(null, Map.of(), Map.of("generateApiKey", "true")).limits();
  private Instant now = Instant.ofEpochSecond(1_700_000_000);
  private TrackRegistry tracks;
  private Session session;

  @BeforeEach
  void open() throws Exception {
    Clock clock = Clock.systemUTC();
    SessionInfo info =
        new SessionInfo(
            "11".repeat(16),
            "a",
            "intervals",
            "1",
            "00",
            IntervalPlan.PARAMETERS.digestHex(),
            "aa".repeat(32),
            "bb".repeat(32),
            List.of("single"),
            List.of(1),
            clock.instant().getEpochSecond(),
            null);
    try (SessionRegistry sessions =
        new SessionRegistry(new SessionStore(data), limits, new Quotas(limits, List.of()), clock)) {
      session = sessions.create(new SessionRequest(info, IntervalPlan.PARAMETERS, 0, s -> true));
    }
    tracks = registry(null);
  }

  /** What is stored, with limits of tenant a's own. */
  private TrackRegistry registry(@Nullable TenantLimits own) throws IOException {
    Quotas quotas =
        new Quotas(limits, List.of(new Tenant("a", null, null, null, null, null, null, own)));
    return new TrackRegistry(data, limits, quotas, () -> now, UnpooledByteBufAllocator.DEFAULT);
  }

  private static String id(int number) {
    return String.format("%032x", number);
  }

  @Test
  void whatWasBegunAndNotCompletedInTimeIsRemoved() throws Exception {
    HeldTrack begun = tracks.create(id(1), 1, session);
    HeldTrack whole = tracks.create(id(2), 1, session);
    Path folder = data.resolve("tracks");
    for (int i = 0; i < whole.envelopes(); i++) {
      Files.write(folder.resolve(id(2)).resolve(i + ".ct"), new byte[1]);
    }
    tracks = registry(null); // as after a restart
    now = now.plusSeconds(limits.incompleteTrackSeconds());
    tracks.sweep();
    assertThat(tracks.of("a")).as("neither is too old").hasSize(2);
    tracks.create(id(3), 1, session);
    now = now.plusSeconds(1);
    tracks.sweep();
    assertThat(tracks.of("a"))
        .extracting(track -> track.info().id())
        .as("complete, and begun a second ago")
        .containsExactly(id(2), id(3));
    assertThat(folder.resolve(begun.info().id())).doesNotExist();
    assertThat(tracks.bytes("a")).isEqualTo(2 * whole.bytes());
  }

  @Test
  void aTenantsOwnLimitsOfTracksHold() throws Exception {
    tracks = registry(new TenantLimits(null, null, 2, null, null, null, null));
    tracks.create(id(1), 1, session);
    tracks.create(id(2), 1, session);
    tracks.create(id(2), 1, session); // found, not made again
    refused(id(3), 1, "3 tracks with this one", "at most 2 (tracksPerTenantMax)");
    tracks.delete(tracks.require("a", id(1)));
    tracks.create(id(3), 1, session);

    long two = 2 * HeldTrack.bytes(1);
    tracks = registry(new TenantLimits(null, null, null, two + 1, null, null, null));
    refused(id(4), 1, "bytes of tracks", "at most " + (two + 1) + " (trackBytesPerTenantMax)");
    tracks.delete(tracks.require("a", id(3)));
    refused(id(4), 2, "bytes of tracks", "(trackBytesPerTenantMax)");
    tracks.create(id(4), 1, session);
  }

  private void refused(String id, int chunks, String received, String expected) {
    assertThatThrownBy(() -> tracks.create(id, chunks, session))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining(received)
        .hasMessageContaining(expected);
    assertThat(data.resolve("tracks").resolve(id)).doesNotExist();
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  /** An upload holds the track for as long as its file takes to be on the disk. */
  @Test
  void aQueryDoesNotWaitForAnUploadToTheSameTrack() throws Exception {
    HeldTrack track = tracks.create(ID, 1, session);
    int missing;
    synchronized (track) {
      Future<Integer> query = threads.submit(track::missing);
      missing = query.get(30, TimeUnit.SECONDS);
    }
    assertThat(missing).isEqualTo(track.envelopes());
  }

  /** What a deletion removes is never the track that has begun under the same id since. */
  @Test
  void aTrackThatIsBegunWhileTheOneOfItsIdIsDeletedKeepsItsFiles() throws Exception {
    CyclicBarrier together = new CyclicBarrier(2);
    for (int i = 0; i < RACES; i++) {
      HeldTrack old = tracks.create(ID, 1, session);
      Future<?> deletion =
          threads.submit(
              () -> {
                together.await();
                tracks.delete(old);
                return null;
              });
      Future<HeldTrack> next =
          threads.submit(
              () -> {
                together.await();
                HeldTrack made = old;
                while (made == old) { // it was there still
                  made = tracks.create(ID, 1, session);
                }
                return made;
              });
      deletion.get(30, TimeUnit.SECONDS);
      HeldTrack made = next.get(30, TimeUnit.SECONDS);
      assertThat(data.resolve("tracks").resolve(ID)).as("race %d", i).isNotEmptyDirectory();
      tracks.delete(made);
    }
  }
}
