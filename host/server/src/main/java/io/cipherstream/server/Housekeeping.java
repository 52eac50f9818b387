package io.cipherstream.server;

import io.cipherstream.server.jobs.Jobs;
import io.cipherstream.server.session.PartialUploads;
import io.cipherstream.server.session.SessionMoves;
import io.cipherstream.server.session.SessionRegistry;
import io.cipherstream.server.storage.StoreCopies;
import io.cipherstream.server.tenant.TenantUsage;
import io.cipherstream.server.tracks.TrackRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what has expired, and stores what tenants have used. What fails is logged and tried again
 * the next time, and nothing else waits for it.
 */
final class Housekeeping {

  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  private final SessionRegistry registry;
  private final SessionMoves moves;
  private final TrackRegistry tracks;
  private final PartialUploads partials;
  private final Jobs jobs;
  private final TenantUsage usage;
  private final Path dataDirectory;

  Housekeeping(
      SessionRegistry registry,
      SessionMoves moves,
      TrackRegistry tracks,
      PartialUploads partials,
      Jobs jobs,
      TenantUsage usage,
      Path dataDirectory) {
    this.registry = registry;
    this.moves = moves;
    this.tracks = tracks;
    this.partials = partials;
    this.jobs = jobs;
    this.usage = usage;
    this.dataDirectory = dataDirectory;
  }

  /** One part of it. */
  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  /** All of it. Blocks. */
  void sweep() {
    done("removing expired sessions", registry::sweep);
    done("removing sessions that did not arrive", moves::sweep);
    done("removing incomplete tracks", tracks::sweep);
    done("removing parts of keys", partials::sweep);
    done("removing expired jobs", jobs::sweep);
    done("removing old copies", () -> StoreCopies.sweep(dataDirectory, Instant.now()));
    storeUsage();
  }

  /** Stores what tenants have used. Blocks. */
  void storeUsage() {
    done("storing the tenants' usage", usage::store);
  }

  private static void done(String what, Work work) {
    try {
      work.run();
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} failed", what, e);
    }
  }
}
