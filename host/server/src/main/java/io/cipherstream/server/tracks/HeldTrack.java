package io.cipherstream.server.tracks;

import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.intervals.IntervalPlan;
import io.cipherstream.intervals.Plane;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.problem.WireProblems;
import io.cipherstream.server.serving.CryptoBackend;
import io.cipherstream.server.serving.StoredTrack;
import io.cipherstream.wire.EnvelopePosition;
import io.cipherstream.wire.EnvelopeReader;
import io.cipherstream.wire.EnvelopeSizes;
import io.cipherstream.wire.OwnedBuffer;
import io.cipherstream.wire.WireCiphertext;
import io.cipherstream.wire.WireException;
import io.cipherstream.wire.WordPacking;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.time.Instant;
import java.util.BitSet;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A track of one tenant. Its ciphertexts stay on disk; a query reads one at a time. Safe for
 * concurrent use.
 */
public final class HeldTrack implements StoredTrack {

  private static final Logger LOG = LoggerFactory.getLogger(HeldTrack.class);

  private final TrackInfo info;
  private final TrackStore store;
  private final EnvelopeReader reader;
  private final ByteBufAllocator alloc;
  private final BitSet present;
  private volatile Instant lastStored;
  private boolean removed;

  HeldTrack(
      TrackInfo info,
      TrackStore store,
      ByteBufAllocator alloc,
      BitSet present,
      Instant lastStored) {
    this.info = info;
    this.store = store;
    this.reader = new EnvelopeReader(info.wire(IntervalPlan.PARAMETERS), alloc);
    this.alloc = alloc;
    this.present = present;
    this.lastStored = lastStored;
  }

  public TrackInfo info() {
    return info;
  }

  /** Ciphertexts of the whole track. */
  public int envelopes() {
    return Plane.envelopes(info.chunks());
  }

  /** How many of them are not stored. Does not wait for one that is being written. */
  public int missing() {
    synchronized (present) {
      return envelopes() - present.cardinality();
    }
  }

  private void present(int index, boolean stored) {
    synchronized (present) {
      present.set(index, stored);
    }
  }

  /** Bytes of each envelope: all are seeded, bit-packed and of the same number of limbs. */
  public static long envelopeBytes() {
    return EnvelopeSizes.seededCiphertext(
        IntervalPlan.PARAMETERS, Plane.COVERED.form().limbs(), WordPacking.BIT_PACKED);
  }

  /** Bytes of the whole track on disk. */
  public long bytes() {
    return bytes(info.chunks());
  }

  static long bytes(int chunks) {
    return Plane.envelopes(chunks) * envelopeBytes();
  }

  Instant lastStored() {
    return lastStored;
  }

  /**
   * Checks an envelope and stores it durably; one that is there already is replaced. Blocks.
   *
   * @throws ProblemException for an envelope that is not the one of that index, or a track that was
   *     removed meanwhile
   */
  public void store(int index, byte[] envelope, Instant now) throws IOException {
    checked(form(index), index, envelope).close();
    synchronized (this) {
      if (removed) {
        throw TrackRegistry.unknown(info.id());
      }
      store.write(info.id(), index, envelope);
      present(index, true);
      lastStored = now;
    }
  }

  private CiphertextForm form(int index) {
    return Plane.values()[index / info.chunks()].form();
  }

  private WireCiphertext checked(CiphertextForm form, int index, byte[] envelope) {
    EnvelopePosition position = new EnvelopePosition(HexFormat.of().parseHex(info.id()), -1, index);
    try (OwnedBuffer bytes = OwnedBuffer.direct(alloc, envelope.length)) {
      bytes.bytes().writeBytes(envelope);
      return reader.seededCiphertext(bytes.bytes(), position, form.limbs(), form.scale());
    } catch (WireException e) {
      throw WireProblems.ciphertext(e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws ProblemException {@link ProblemType#TRACK_UNKNOWN} if it was removed meanwhile, {@link
   *     ProblemType#TRACK_INCOMPLETE} if the stored ciphertext is damaged; it then counts as
   *     missing
   */
  @Override
  public HostCiphertext read(CiphertextForm form, int index, CryptoBackend backend) {
    try {
      byte[] envelope = store.read(info.id(), index);
      try (WireCiphertext stored = checked(form, index, envelope)) {
        return stored.expanded(IntervalPlan.PARAMETERS, backend::expandSeed);
      }
    } catch (IOException | ProblemException e) {
      synchronized (this) {
        if (removed) {
          throw TrackRegistry.unknown(info.id());
        }
        present(index, false);
      }
      LOG.warn("{}: ciphertext {} is lost: {}", info, index, e.toString());
      throw TrackRegistry.incomplete(this);
    }
  }

  /** From now on nothing is stored or read. */
  synchronized void remove() {
    removed = true;
  }
}
