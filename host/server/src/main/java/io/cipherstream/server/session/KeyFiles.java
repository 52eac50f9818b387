package io.cipherstream.server.session;

import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.problem.WireProblems;
import io.cipherstream.server.serving.CryptoBackend;
import io.cipherstream.server.serving.RequiredKeys;
import io.cipherstream.wire.EnvelopeKind;
import io.cipherstream.wire.KeyDigitSink;
import io.cipherstream.wire.KeyFingerprint;
import io.cipherstream.wire.KeyReader;
import io.cipherstream.wire.KeySpec;
import io.cipherstream.wire.WireException;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads key files: to check an upload, and to load stored keys into the engine. Blocks. */
public final class KeyFiles {

  private static final Logger LOG = LoggerFactory.getLogger(KeyFiles.class);

  /** The system's message for a sector that it cannot read (EIO). */
  private static final String UNREADABLE = "Input/output error";

  private final SessionStore store;
  private final ByteBufAllocator alloc;

  public KeyFiles(SessionStore store, ByteBufAllocator alloc) {
    this.store = store;
    this.alloc = alloc;
  }

  /**
   * Checks an uploaded envelope; a public key must also give the session's fingerprint.
   *
   * @throws ProblemException {@link ProblemType#KEY_MISMATCH}, {@link ProblemType#KEY_INVALID} or
   *     what else is wrong with it
   */
  public void check(Path file, Session session, KeySpec spec) throws IOException {
    try {
      read(file, session, spec, spec.kind() == EnvelopeKind.PUBLIC_KEY ? own(session) : sink());
    } catch (WireException e) {
      throw WireProblems.key(e);
    }
  }

  /**
   * Loads all keys of a session from disk. A key whose file is damaged or missing is dropped: the
   * session then lists it as missing, and its owner can send it again.
   *
   * @throws ProblemException {@link ProblemType#KEY_MISSING} that names the dropped keys, {@link
   *     ProblemType#SESSION_UNKNOWN} if the session was removed meanwhile
   */
  public EvaluationKeys load(Session session, RequiredKeys required, CryptoBackend backend)
      throws IOException {
    long changes = session.keyChanges();
    List<String> damaged = new ArrayList<>();
    try (CryptoBackend.KeyImport keys = backend.newKeys()) {
      for (KeySpec spec : required.all()) {
        KeyDigitSink into = (digit, seed, words) -> keys.digit(spec, digit, seed, words);
        String damage =
            damage(session, spec, damaged.isEmpty() ? into : sink()); // the rest: checked only
        if (damage != null) {
          LOG.warn("session {}: stored key {} is lost: {}", session.id(), spec.label(), damage);
          damaged.add(spec.label());
        }
      }
      if (damaged.isEmpty()) {
        return keys.build();
      }
    }
    drop(session, damaged, changes);
    throw ProblemException.of(
            ProblemType.KEY_MISSING,
            "stored keys that are damaged: " + damaged,
            "all keys that requiredKeys list",
            "upload the missing keys again")
        .with("missingKeys", damaged);
  }

  /** The fault of a stored key, or null. */
  private @Nullable String damage(Session session, KeySpec spec, KeyDigitSink into)
      throws IOException {
    try {
      read(store.keyFile(session.id(), spec.label()), session, spec, into);
      return null;
    } catch (WireException | NoSuchFileException e) {
      return e.toString();
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains(UNREADABLE)) {
        return e.toString();
      }
      throw e;
    }
  }

  private void drop(Session session, List<String> labels, long changes) throws IOException {
    synchronized (session.files()) {
      if (session.isRemoved()) {
        throw ProblemException.of(
            ProblemType.SESSION_UNKNOWN,
            "session " + session.id(),
            "a session of this tenant",
            "make a new session and upload the keys again");
      }
      if (session.keyChanges() == changes) { // else it may have been sent again meanwhile
        for (String label : labels) {
          session.keyLost(label);
          store.emptyKey(session.id(), label);
        }
      }
    }
  }

  private void read(Path file, Session session, KeySpec spec, KeyDigitSink sink)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      new KeyReader(session.wire(), alloc).read(channel, spec, sink);
    }
  }

  private static KeyDigitSink sink() {
    return KeyDigitSink.NONE;
  }

  private static KeyDigitSink own(Session session) {
    return (digit, seed, words) -> {
      byte[] expected = session.wire().keyFingerprint();
      byte[] actual = KeyFingerprint.of(session.parameters(), seed, words);
      if (!Arrays.equals(expected, actual)) {
        throw new WireException(
            WireException.Kind.KEY,
            "fingerprint of the public key",
            HexFormat.of().formatHex(expected),
            HexFormat.of().formatHex(actual));
      }
    };
  }
}
