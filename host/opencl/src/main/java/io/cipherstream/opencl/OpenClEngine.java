package io.cipherstream.opencl;

import io.cipherstream.opencl.image.CoreActivity;
import io.cipherstream.opencl.image.ImageManifest;
import io.cipherstream.ring.BufferTransfer;
import io.cipherstream.ring.Completion;
import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.EngineCapabilities;
import io.cipherstream.ring.EngineCounters;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.ProgramArguments;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs limb programs on an OpenCL device, with kernels in OpenCL C or with the cores of a card's
 * device image.
 *
 * <p>Buffers, scratch memory and the tables of programs are in one memory pool on the device.
 * Programs start in the order of the calls on one of several in-order queues. Programs that use the
 * same buffers wait for each other by events; others may overlap. Transfers have their own queues
 * and may overlap too. {@code submit} returns at once unless as many programs are under way as the
 * options allow, or memory has to become free.
 *
 * <p>If a command fails, or none finishes within the options' patience, the device counts as lost:
 * every waiting call, and all later calls except close, throw an {@link EngineException} of kind
 * DEVICE. A driver that recovers later may still write to the host memory of an abandoned transfer.
 * Waiting for a completion may be interrupted; this throws one of kind UNAVAILABLE and leaves the
 * thread interrupted and the program running. Safe for concurrent use.
 */
public final class OpenClEngine implements LimbEngine {

  private static final Logger LOG = LoggerFactory.getLogger(OpenClEngine.class);

  /** Longest program: its tables and their copy have to fit a buffer of Java's. */
  private static final int INSTRUCTIONS_MAX = Integer.MAX_VALUE / (2 * DescriptorLayout.BYTES);

  private final OpenClDevice device;
  private final LimbRing ring;
  private final DeviceCode code;
  private final CommandTracker tracker;
  private final DeviceSession session;
  private final DeviceMemory memory;
  private final ProgramRunner runner;
  private final Submissions submissions;

  /** Where submitted programs wait for each other; null on devices that take one at a time. */
  private final @Nullable Rounds rounds;

  private final LongAdder bytesUp = new LongAdder();
  private final LongAdder bytesDown = new LongAdder();

  OpenClEngine(
      OpenClDevice device,
      LimbRing ring,
      OpenClOptions options,
      KernelVariant variant,
      ClCalls calls) {
    this(device, ring, options, new KernelCode(calls, ring, variant, options.lanes()), calls);
  }

  OpenClEngine(
      OpenClDevice device, LimbRing ring, OpenClOptions options, DeviceCode code, ClCalls calls) {
    this.device = device;
    this.ring = ring;
    this.code = code;
    this.tracker = new CommandTracker(device.selector(), calls, options.patience());
    this.session = new DeviceSession(calls, device, options, tracker::waitFor);
    try {
      code.load(session);
      session.openLanes(code.lanes());
      session.openPool(options);
      this.memory = new DeviceMemory(this, tracker, session.poolBytes());
      this.runner = code.runner(session, memory, tracker);
    } catch (RuntimeException | Error e) {
      session.close();
      throw e;
    }
    this.submissions =
        new Submissions(calls, session, memory, tracker, runner, options.submissionsMax());
    this.rounds =
        runner.segmentsMax() > 0 ? new Rounds(ring, tracker, memory, submissions, runner) : null;
    LOG.info("{}: {} with {}, pool {} MiB", device, ring, code, session.poolBytes() >> 20);
  }

  /**
   * Opens an engine on a device. If the options name a device image, its cores run the programs.
   * Otherwise, unless the options name the kernels or the choice is cached, the kernels that suit
   * the device are first measured, which takes some seconds.
   *
   * @throws EngineException of kind UNAVAILABLE if the device or the image cannot be used, MEMORY
   *     if it has too little memory, BUILD with the compiler's log if kernels do not build, or if
   *     the image is not the one its manifest names or is for other rings
   * @throws IllegalArgumentException if the options name kernels that do not suit device and ring
   */
  public static OpenClEngine open(OpenClDevice device, LimbRing ring, OpenClOptions options) {
    Optional<Path> image = options.card().image();
    if (image.isPresent()) {
      return open(device, ring, options, image.get(), new ClCalls());
    }
    if (!device.usable()) {
      throw new EngineException(
          EngineException.Kind.UNAVAILABLE, device + " cannot run kernels: " + device.obstacle());
    }
    return new OpenClEngine(
        device, ring, options, KernelChoice.of(device, ring, options), new ClCalls());
  }

  static OpenClEngine open(
      OpenClDevice device, LimbRing ring, OpenClOptions options, Path image, ClCalls calls) {
    if (!device.takesImages()) {
      throw new EngineException(
          EngineException.Kind.UNAVAILABLE, device + " takes no device image: it is not a card");
    }
    return new OpenClEngine(
        device, ring, options, new CardCode(calls, device, ring, image, options.card()), calls);
  }

  /** As {@link #open(OpenClDevice, LimbRing, OpenClOptions)}, for a selection such as "opencl". */
  public static OpenClEngine open(String selection, LimbRing ring, OpenClOptions options) {
    OpenClDevice device =
        options.card().image().isPresent()
            ? OpenClPlatforms.selectCard(selection)
            : OpenClPlatforms.select(selection);
    return open(device, ring, options);
  }

  @Override
  public String name() {
    return device.selector();
  }

  @Override
  public LimbRing ring() {
    return ring;
  }

  /** The device it runs on. */
  public OpenClDevice device() {
    return device;
  }

  /** The kernels it uses, such as {@code f64-limb}, or the name of its device image. */
  public String kernels() {
    return code.name();
  }

  /** The totals of a card's cores so far; empty if the engine has none. */
  public Optional<CoreActivity> activity() {
    return runner.activity();
  }

  /** The manifest of a card's cores; empty if the engine has none. */
  public Optional<ImageManifest> image() {
    return code instanceof CardCode card ? Optional.of(card.manifest()) : Optional.empty();
  }

  @Override
  public EngineCapabilities capabilities() {
    return new EngineCapabilities(
        device.name() + ", " + device.platformName() + " " + device.driver() + ", " + code,
        memory.bytes(),
        INSTRUCTIONS_MAX,
        true,
        false,
        rounds != null);
  }

  @Override
  public LimbBuffer allocate(long words) {
    if (words <= 0 || words % DescriptorLayout.LINE_WORDS != 0) {
      throw new IllegalArgumentException(
          "buffer of "
              + words
              + " words: expected a positive multiple of "
              + DescriptorLayout.LINE_WORDS);
    }
    if (rounds != null && !memory.hasRoom(words)) {
      // What waits holds memory, too, and frees it when it has run.
      rounds.startAll();
    }
    return memory.allocate(words);
  }

  @Override
  public void upload(ByteBuffer source, LimbBuffer target, long word) {
    OpenClBuffer buffer = checkedTransfer(source, target, word);
    if (source.hasRemaining()) {
      startBefore(buffer, true);
      submissions.await(submissions.upload(source, buffer, word));
      bytesUp.add(source.remaining());
    }
  }

  @Override
  public void download(LimbBuffer source, long word, ByteBuffer target) {
    OpenClBuffer buffer = checkedTransfer(target, source, word);
    if (target.isReadOnly()) {
      throw new EngineException(
          EngineException.Kind.TRANSFER, "download into a read-only buffer " + target);
    }
    if (target.hasRemaining()) {
      startBefore(buffer, false);
      submissions.await(submissions.download(buffer, word, target));
      bytesDown.add(target.remaining());
    }
  }

  private void startBefore(OpenClBuffer buffer, boolean write) {
    if (rounds != null) {
      rounds.startBefore(buffer, write);
    }
  }

  private OpenClBuffer checkedTransfer(ByteBuffer host, LimbBuffer buffer, long word) {
    if (!(buffer instanceof OpenClBuffer own) || own.owner() != this) {
      throw new EngineException(
          EngineException.Kind.TRANSFER, "got a " + buffer + ", expected one of engine " + name());
    }
    BufferTransfer.check(host, word, own.words());
    return own;
  }

  @Override
  public Completion submit(LimbProgram program, List<LimbView> arguments) {
    if (program.instructions().size() > INSTRUCTIONS_MAX) {
      throw new EngineException(
          EngineException.Kind.PROGRAM,
          program + ": engine " + name() + " takes at most " + INSTRUCTIONS_MAX);
    }
    List<ProgramArguments.Bound<OpenClBuffer>> bound =
        PoolArguments.check(this, program, arguments);
    if (rounds != null) {
      return rounds.submit(program, arguments, bound);
    }
    DeviceCommand command = submissions.submit(program, bound);
    return () -> submissions.awaitResult(command);
  }

  void close(OpenClBuffer buffer) {
    memory.close(buffer);
  }

  @Override
  public EngineCounters counters() {
    return new EngineCounters(
        rounds == null ? submissions.count() : rounds.count(),
        submissions.instructions(),
        bytesUp.sum(),
        bytesDown.sum(),
        memory.liveBuffers(),
        memory.liveBytes());
  }

  @Override
  public void close() {
    if (rounds != null) {
      rounds.startAll();
    }
    if (!tracker.close()) {
      return;
    }
    if (session.endThreads()) {
      session.close();
    } else {
      LOG.error("{}: a command hangs in the driver; its memory is not given back", device);
    }
  }

  @Override
  public String toString() {
    return "engine " + name() + " for the " + ring;
  }
}
