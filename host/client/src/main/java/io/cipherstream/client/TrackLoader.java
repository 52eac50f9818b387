package io.cipherstream.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.intervals.Plane;
import io.cipherstream.intervals.Track;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopePosition;
import io.cipherstream.wire.EnvelopeWriter;
import io.cipherstream.wire.OwnedBuffer;
import io.cipherstream.wire.WordPacking;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayInputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Encrypts a track and sends it, as many ciphertexts at a time as there are workers. Number and
 * size of what is sent follow from the number of chunks alone.
 */
final class TrackLoader {

  private static final SecureRandom RANDOM = new SecureRandom();

  /** Bytes at the beginning of an id that say which node of a cluster has it. */
  private static final int NODE_BYTES = 2;

  private final ApplianceHttp http;
  private final ClientOptions options;
  private final ExecutorService workers;
  private final SessionRecord session;
  private final ClientKeys keys;
  private final EnvelopeWriter writer;
  private final byte[] id = new byte[EnvelopePosition.INFERENCE_ID_BYTES];
  private final AtomicInteger done = new AtomicInteger();

  TrackLoader(
      ApplianceHttp http,
      ClientOptions options,
      ExecutorService workers,
      SessionRecord session,
      ClientKeys keys) {
    this.http = http;
    this.options = options;
    this.workers = workers;
    this.session = session;
    this.keys = keys;
    this.writer =
        new EnvelopeWriter(
            session.wire(keys.parameters()),
            WordPacking.BIT_PACKED,
            PooledByteBufAllocator.DEFAULT);
    RANDOM.nextBytes(id);
    // A track is stored by the node that has the session, and a node is known by an id's beginning.
    System.arraycopy(HexFormat.of().parseHex(session.id()), 0, id, 0, NODE_BYTES);
  }

  /** Returns the track's id; whatever fails, nothing of it remains at the appliance. */
  String run(Track track) {
    String name = HexFormat.of().formatHex(id);
    ObjectNode request = ApplianceHttp.JSON.createObjectNode();
    int chunks = track.grid().chunks();
    request.put("track", name).put("session", session.id()).put("chunks", chunks);
    http.post("/v2/tracks", session.id(), request, name);
    List<Future<Integer>> running = new ArrayList<>();
    try {
      for (Plane plane : Plane.values()) {
        for (int k = 0; k < chunks; k++) {
          int chunk = k;
          running.add(workers.submit(() -> put(track, name, plane, chunk)));
        }
      }
      Workers.all(running);
      return name;
    } catch (RuntimeException e) {
      running.forEach(each -> each.cancel(false));
      Workers.quietly(running);
      deleteAfter(e, http, name); // else the appliance removes it after a while
      throw e;
    }
  }

  /** Deletes a track that came to nothing; a failure of that is suppressed by what went before. */
  static void deleteAfter(RuntimeException failure, ApplianceHttp http, String name) {
    try {
      http.delete("/v2/tracks/" + name);
    } catch (RuntimeException left) {
      failure.addSuppressed(left);
    }
  }

  private int put(Track track, String name, Plane plane, int chunk) {
    int chunks = track.grid().chunks();
    int index = plane.index(chunk, chunks);
    CiphertextSpec spec = new CiphertextSpec(plane.form().limbs(), plane.form().scale());
    byte[] bytes;
    try (OwnedBuffer envelope =
        keys.encrypt(
            writer, new EnvelopePosition(id, -1, index), track.slots(plane, chunk), spec)) {
      bytes = new byte[envelope.length()];
      envelope.bytes().readBytes(bytes);
    }
    http.put(
        "/v2/tracks/" + name + "/" + index, () -> new ByteArrayInputStream(bytes), bytes.length);
    options.progress().progress("loading", done.incrementAndGet(), Plane.envelopes(chunks));
    return index;
  }
}
