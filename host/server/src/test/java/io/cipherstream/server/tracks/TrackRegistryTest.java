package io.cipherstream.server.tracks;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.intervals.IntervalPlan;
import io.cipherstream.server.config.ConfigLoader;
import io.cipherstream.server.config.Limits;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.session.SessionInfo;
import io.cipherstream.server.session.SessionRegistry;
import io.cipherstream.server.session.SessionRequest;
import io.cipherstream.server.session.SessionStore;
import io.cipherstream.server.tenant.Quotas;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What several requests do to one track at one time. */
class TrackRegistryTest {

  private static final String ID = "0f".repeat(16);
  private static final int RACES = 100;

  @TempDir private Path data;
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private TrackRegistry tracks;
  private Session session;

  @BeforeEach
  void open() throws Exception {
    Limits limits = ConfigLoader.load(null, Map.of(), Map.of("generateApiKey", "true")).limits();
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
    tracks = new TrackRegistry(data, limits, clock, UnpooledByteBufAllocator.DEFAULT);
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
