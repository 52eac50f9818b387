package io.cipherstream.server.inference;

import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.problem.WireProblems;
import io.cipherstream.server.serving.CryptoBackend;
import io.cipherstream.server.session.Session;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopePosition;
import io.cipherstream.wire.EnvelopeReader;
import io.cipherstream.wire.EnvelopeSizes;
import io.cipherstream.wire.OwnedBuffer;
import io.cipherstream.wire.WireCiphertext;
import io.cipherstream.wire.WireException;
import io.cipherstream.wire.WordPacking;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects the ciphertexts of one round: frames become messages in pooled direct buffers, never
 * longer than the plan allows, and messages become ciphertexts in host memory. Used on one context;
 * {@link #decode} may run elsewhere.
 */
final class RoundInbox implements AutoCloseable {

  private final Session session;
  private final CryptoBackend backend;
  private final ByteBufAllocator alloc;
  private final EnvelopeReader reader;
  private final byte[] inference;
  private final int round;
  private final List<CiphertextSpec> shapes;
  private final @Nullable HostCiphertext[] decoded;
  private int received;
  private int done;
  private @Nullable OwnedBuffer message;
  private boolean closed;

  RoundInbox(
      Session session,
      CryptoBackend backend,
      ByteBufAllocator alloc,
      byte[] inference,
      int round,
      List<CiphertextSpec> shapes) {
    this.session = session;
    this.backend = backend;
    this.alloc = alloc;
    this.reader = new EnvelopeReader(session.wire(), alloc);
    this.inference = inference;
    this.round = round;
    this.shapes = shapes;
    this.decoded = new HostCiphertext[shapes.size()];
  }

  /** The round; −1 for the inputs. */
  int round() {
    return round;
  }

  /** Whether a further message is due. */
  boolean isDue() {
    return received < shapes.size();
  }

  /** Whether all messages have been decoded. */
  boolean isComplete() {
    return done == shapes.size();
  }

  /** Messages received and not yet decoded. */
  int backlog() {
    return received - done;
  }

  /**
   * Adds a frame's bytes to the message that is due.
   *
   * @return the whole message, which the caller owns, or null
   * @throws ProblemException {@link ProblemType#TOO_LARGE}
   */
  @Nullable OwnedBuffer append(ByteBuf frame, boolean last) {
    CiphertextSpec shape = shapes.get(received);
    long most =
        EnvelopeSizes.seededCiphertext(session.parameters(), shape.limbs(), WordPacking.RAW);
    OwnedBuffer into = message;
    if (into == null) {
      long packed =
          EnvelopeSizes.seededCiphertext(
              session.parameters(), shape.limbs(), WordPacking.BIT_PACKED);
      into = OwnedBuffer.direct(alloc, (int) packed, (int) most);
      message = into;
    }
    if (into.length() + frame.readableBytes() > most) {
      throw ProblemException.of(
              ProblemType.TOO_LARGE,
              "a message of more than " + most + " bytes for " + place(received),
              "at most " + most + " bytes",
              "send the ciphertext that the plan names for this place")
          .with("wireError", WireException.Kind.OVERSIZED.name());
    }
    into.bytes().writeBytes(frame);
    if (!last) {
      return null;
    }
    message = null;
    received++;
    return into.take();
  }

  /** Index of the message that {@link #append} returned last. */
  int lastIndex() {
    return received - 1;
  }

  /**
   * Parses one message, the only check of its words, and closes it. Blocks.
   *
   * @throws ProblemException if it is not the ciphertext expected at that index
   */
  HostCiphertext decode(OwnedBuffer whole, int index) {
    CiphertextSpec shape = shapes.get(index);
    try (whole;
        WireCiphertext checked =
            reader.seededCiphertext(whole.bytes(), place(index), shape.limbs(), shape.scale())) {
      return checked.expanded(session.parameters(), backend::expandSeed);
    } catch (WireException e) {
      throw WireProblems.ciphertext(e);
    }
  }

  /** Keeps a decoded ciphertext, or closes it if the inbox was closed meanwhile. */
  void put(int index, HostCiphertext ciphertext) {
    if (closed) {
      ciphertext.close();
      return;
    }
    decoded[index] = ciphertext;
    done++;
  }

  /** All ciphertexts; ownership passes to the caller. */
  List<HostCiphertext> take() {
    List<HostCiphertext> all = new ArrayList<>(decoded.length);
    for (int i = 0; i < decoded.length; i++) {
      HostCiphertext ciphertext = decoded[i];
      if (ciphertext == null) {
        throw new IllegalStateException("ciphertext " + i + " is not there yet");
      }
      all.add(ciphertext);
      decoded[i] = null;
    }
    return all;
  }

  /** What is wrong with an envelope that came when none was due; needs its header only. */
  ProblemException notDue(ByteBuf start) {
    return WireProblems.ciphertext(
        reader.notDue(start, new EnvelopePosition(inference, round + 1, 0)));
  }

  private EnvelopePosition place(int index) {
    return new EnvelopePosition(inference, round, index);
  }

  @Override
  public void close() {
    closed = true;
    if (message != null) {
      message.close();
      message = null;
    }
    for (int i = 0; i < decoded.length; i++) {
      HostCiphertext ciphertext = decoded[i];
      if (ciphertext != null) {
        ciphertext.close();
        decoded[i] = null;
      }
    }
  }
}
