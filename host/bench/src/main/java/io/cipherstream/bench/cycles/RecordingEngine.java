package io.cipherstream.bench.cycles;

import io.cipherstream.core.Submission;
import io.cipherstream.ring.Completion;
import io.cipherstream.ring.EngineCapabilities;
import io.cipherstream.ring.ForwardingEngine;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Stands in for a card and keeps what is submitted. Programs are compiled as for a device. A round
 * ends with the first submission or upload after a download, and with an upload to a buffer that
 * the round uses. The zero counts of a round are taken as read at its end.
 */
public final class RecordingEngine extends ForwardingEngine {

  private final Map<LimbBuffer, Integer> buffers = new IdentityHashMap<>();
  private final Set<Integer> used = new HashSet<>();
  private List<List<Submission>> rounds = new ArrayList<>();
  private List<Submission> round = new ArrayList<>();
  private boolean downloaded;

  /**
   * @param inner computes the words
   */
  public RecordingEngine(LimbEngine inner) {
    super(inner);
  }

  @Override
  public EngineCapabilities capabilities() {
    EngineCapabilities c = super.capabilities();
    return new EngineCapabilities(
        c.device(), c.memoryBytes(), c.instructionsMax(), c.asynchronous(), false, c.joins());
  }

  /** The rounds since the last call. */
  public synchronized List<List<Submission>> takeRounds() {
    endRound();
    List<List<Submission>> taken = rounds;
    rounds = new ArrayList<>();
    return taken;
  }

  private void endRound() {
    if (!round.isEmpty()) {
      rounds.add(round);
      round = new ArrayList<>();
    }
    used.clear();
    downloaded = false;
  }

  private int number(LimbBuffer buffer) {
    return buffers.computeIfAbsent(buffer, b -> buffers.size());
  }

  @Override
  public LimbBuffer adopt(ByteBuffer words) {
    return adopt(words, () -> {});
  }

  /** As an engine that has memory of its own: allocated and copied. */
  @Override
  public LimbBuffer adopt(ByteBuffer words, Runnable unread) {
    LimbBuffer buffer = allocate(words.remaining() / Long.BYTES);
    upload(words, buffer, 0);
    unread.run();
    return buffer;
  }

  @Override
  public synchronized void upload(ByteBuffer source, LimbBuffer target, long word) {
    if (downloaded || used.contains(number(target))) {
      endRound();
    }
    super.upload(source, target, word);
  }

  @Override
  public synchronized void download(LimbBuffer source, long word, ByteBuffer target) {
    downloaded = true;
    super.download(source, word, target);
  }

  @Override
  public synchronized Completion submit(LimbProgram program, List<LimbView> arguments) {
    if (downloaded) {
      endRound();
    }
    List<Submission.Region> regions = new ArrayList<>();
    for (LimbView v : arguments) {
      used.add(number(v.buffer()));
      regions.add(new Submission.Region(number(v.buffer()), v.offset(), v.words()));
    }
    round.add(new Submission(program, regions));
    return super.submit(program, arguments);
  }
}
