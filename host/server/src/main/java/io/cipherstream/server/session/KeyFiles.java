package io.cipherstream.server.session;

import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.server.engine.CryptoBackend;
import io.cipherstream.server.engine.RequiredKeys;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.problem.WireProblems;
import io.cipherstream.wire.EnvelopeKind;
import io.cipherstream.wire.KeyDigitSink;
import io.cipherstream.wire.KeyFingerprint;
import io.cipherstream.wire.KeyReader;
import io.cipherstream.wire.KeySpec;
import io.cipherstream.wire.WireException;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;

/** Reads key files: to check an upload, and to load stored keys into the engine. Blocks. */
public final class KeyFiles {

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
   * Loads all keys of a session from disk.
   *
   * @throws ProblemException {@link ProblemType#KEY_INVALID} if a file was damaged since its upload
   */
  public EvaluationKeys load(Session session, RequiredKeys required, CryptoBackend backend)
      throws IOException {
    try (CryptoBackend.KeyImport keys = backend.newKeys()) {
      for (KeySpec spec : required.all()) {
        read(
            store.keyFile(session.id(), spec.label()),
            session,
            spec,
            (digit, seed, words) -> keys.digit(spec, digit, seed, words));
      }
      return keys.build();
    } catch (WireException e) {
      throw WireProblems.key(e);
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
