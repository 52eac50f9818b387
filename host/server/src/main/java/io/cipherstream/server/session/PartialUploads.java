package io.cipherstream.server.session;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads of keys that can be resumed: each has a token that its client chose, and what came of it
 * stays for {@link Limits#partialUploadSeconds} after its connection broke. A session has at most
 * one for each key, a tenant at most {@link Limits#uploadsPerTenantMax} that wait, and their bytes
 * count as stored ones. They do not survive a restart. Thread-safe; methods that say so touch the
 * disk.
 */
public final class PartialUploads {

  private static final Logger LOG = LoggerFactory.getLogger(PartialUploads.class);

  private final Limits limits;
  private final UploadQuota quota;
  private final InstantSource clock;
  private final Map<Place, Upload> uploads = new HashMap<>();

  private record Place(Session session, String label) {}

  /** The bytes of one key that have come so far. */
  public final class Upload {
    private final Place place;
    private final @Nullable String token;
    private final long length;
    private final UploadQuota.Reservation reservation;
    private @Nullable Path file;
    private long held;
    private Instant since;
    private boolean stored;
    private @Nullable Runnable breakOff;
    private CompletableFuture<Void> ended = new CompletableFuture<>();

    private Upload(
        Place place,
        @Nullable String token,
        long length,
        UploadQuota.Reservation reservation,
        Runnable breakOff) {
      this.place = place;
      this.token = token;
      this.length = length;
      this.reservation = reservation;
      this.breakOff = breakOff;
      this.since = clock.instant();
    }

    /** Bytes of the whole key. */
    public long length() {
      return length;
    }

    /** Where its bytes go; null until there is a file. */
    public @Nullable Path file() {
      synchronized (PartialUploads.this) {
        return file;
      }
    }

    /** Sets where its bytes go. */
    public void into(Path newFile) {
      synchronized (PartialUploads.this) {
        file = newFile;
      }
    }

    /** The key was checked and stored; its file is no longer this upload's. */
    public void stored() {
      synchronized (PartialUploads.this) {
        stored = true;
        held = length;
        file = null;
        rest();
        reservation.close();
      }
    }

    /**
     * Its connection broke: what came may be continued. Without a token nothing is kept. Blocks.
     */
    public void brokeOff() throws IOException {
      Path came = file();
      if (token == null || came == null) {
        drop();
        return;
      }
      long bytes;
      try {
        bytes = Files.size(came);
      } catch (IOException e) {
        drop();
        throw e;
      }
      List<Path> useless = null;
      synchronized (PartialUploads.this) {
        if (uploads.get(place) == this && !place.session().isRemoved()) {
          held = bytes;
          rest();
          reservation.rest();
          useless = overMost(place.session().tenant());
        }
      }
      if (useless == null) {
        drop();
      } else {
        delete(useless);
      }
    }

    /** It has failed, and nothing of it is kept. Blocks. */
    public void drop() throws IOException {
      Path useless;
      synchronized (PartialUploads.this) {
        uploads.remove(place, this);
        useless = file;
        file = null;
        rest();
        reservation.close();
      }
      if (useless != null) {
        Files.deleteIfExists(useless);
      }
    }

    private void rest() {
      since = clock.instant();
      breakOff = null;
      ended.complete(null);
    }

    private boolean waits() {
      return breakOff == null && !stored;
    }
  }

  public PartialUploads(Limits limits, UploadQuota quota, InstantSource clock) {
    this.limits = limits;
    this.quota = quota;
    this.clock = clock;
  }

  /**
   * Breaks off the request that is receiving that key under that token, whose client has come back
   * on another connection; completes when what it received is known.
   */
  public CompletionStage<Void> settled(Session session, String label, @Nullable String token) {
    Runnable breakOff;
    CompletionStage<Void> ended;
    synchronized (this) {
      Upload upload = find(session, label, token);
      if (upload == null || upload.breakOff == null) {
        return CompletableFuture.completedFuture(null);
      }
      breakOff = upload.breakOff;
      ended = upload.ended;
    }
    breakOff.run();
    return ended;
  }

  /** Bytes of that key that have come under that token; all of them if the key is stored. */
  public synchronized long held(Session session, String label, @Nullable String token) {
    Upload upload = find(session, label, token);
    return upload == null || upload.breakOff != null ? 0 : upload.held;
  }

  /** Whether the key was stored under that token and still is. */
  public synchronized boolean isStored(Session session, String label, @Nullable String token) {
    Upload upload = find(session, label, token);
    return upload != null && upload.stored;
  }

  /**
   * Begins an upload; another one of the same key that waits is dropped. Blocks.
   *
   * @param token null for an upload that cannot be resumed
   * @param length bytes of the whole key
   * @param breakOff ends the request that brings it
   * @throws ProblemException {@link ProblemType#QUOTA_EXCEEDED}
   */
  public Upload begin(
      Session session, String label, @Nullable String token, long length, Runnable breakOff)
      throws IOException {
    Place place = new Place(session, label);
    Upload before;
    synchronized (this) {
      before = uploads.get(place);
      if (before != null && before.breakOff != null) {
        before = null; // one that runs ends by itself
      }
    }
    if (before != null) {
      before.drop();
    }
    UploadQuota.Reservation reservation =
        quota.reserve(session.tenant(), length, session.storedBytes(label));
    Upload upload = new Upload(place, token, length, reservation, breakOff);
    synchronized (this) {
      if (token != null) {
        uploads.put(place, upload);
      }
    }
    return upload;
  }

  /**
   * Goes on with an upload.
   *
   * @param offset of the first byte that comes now
   * @param bytes that come now
   * @param breakOff ends the request that brings them
   * @return the upload; null if it does not go on there
   * @throws ProblemException {@link ProblemType#QUOTA_EXCEEDED}
   */
  public synchronized @Nullable Upload resume(
      Session session, String label, String token, long offset, long bytes, Runnable breakOff) {
    Upload upload = find(session, label, token);
    if (upload == null
        || !upload.waits()
        || upload.held != offset
        || upload.length - offset != bytes) {
      return null;
    }
    upload.reservation.goOn();
    upload.breakOff = breakOff;
    upload.ended = new CompletableFuture<>();
    return upload;
  }

  /** Removes what has waited for too long. Blocks. */
  public void sweep() {
    Instant oldest = clock.instant().minus(Duration.ofSeconds(limits.partialUploadSeconds()));
    delete(removeAll(upload -> upload.breakOff == null && upload.since.isBefore(oldest)));
  }

  /** Removes those of a session that was removed; one that runs finds out by itself. Blocks. */
  public void sessionRemoved(Session session) {
    delete(removeAll(upload -> upload.breakOff == null && upload.place.session() == session));
  }

  private synchronized List<Path> removeAll(Predicate<Upload> which) {
    List<Path> files = new ArrayList<>();
    Iterator<Upload> all = uploads.values().iterator();
    while (all.hasNext()) {
      Upload upload = all.next();
      if (which.test(upload)) {
        all.remove();
        upload.reservation.close();
        if (upload.file != null) {
          files.add(upload.file);
        }
      }
    }
    return files;
  }

  /** Removes those of a tenant that have waited longest, beyond the most that it may have. */
  private List<Path> overMost(String tenant) {
    List<Upload> waiting =
        uploads.values().stream()
            .filter(upload -> upload.waits() && upload.place.session().tenant().equals(tenant))
            .sorted(Comparator.comparing((Upload upload) -> upload.since).reversed())
            .toList();
    List<Upload> over =
        waiting.subList(Math.min(waiting.size(), limits.uploadsPerTenantMax()), waiting.size());
    return removeAll(over::contains);
  }

  private @Nullable Upload find(Session session, String label, @Nullable String token) {
    Upload upload = uploads.get(new Place(session, label));
    if (upload == null || token == null || !token.equals(upload.token)) {
      return null;
    }
    // A stored key that turned out to be damaged is asked for again, from its beginning.
    return upload.stored && session.storedBytes(label) != upload.length ? null : upload;
  }

  private static void delete(List<Path> files) {
    for (Path file : files) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        LOG.warn("a part of a key that nobody will complete stays: {}", e.toString());
      }
    }
  }
}
