package io.cipherstream.opencl;

import io.cipherstream.opencl.image.DeviceImage;
import io.cipherstream.opencl.image.ImageManifest;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbRing;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jocl.cl_kernel;
import org.jocl.cl_program;
import org.jspecify.annotations.Nullable;

/**
 * A device image and the kernel in it. Loading it resets the card's cores, so an engine that is
 * reopened after a failure finds them reset.
 */
final class CardCode implements DeviceCode {

  /** Most queues for programs, one per compute unit. */
  private static final int LANES_MAX = 16;

  private final ClCalls calls;
  private final LimbRing ring;
  private final DeviceImage image;
  private final CardOptions options;
  private final String engine;
  private int lanes = 1;
  private @Nullable cl_kernel kernel;

  /**
   * Reads and checks the image.
   *
   * @throws EngineException as {@link DeviceImage#read}; of kind BUILD if the image does not fit
   *     the ring
   */
  CardCode(ClCalls calls, OpenClDevice device, LimbRing ring, Path folder, CardOptions options) {
    this.calls = calls;
    this.ring = ring;
    this.image = DeviceImage.read(folder);
    this.options = options;
    this.engine = device.selector();
    List<String> obstacles = image.manifest().obstacles(ring);
    if (!obstacles.isEmpty()) {
      throw new EngineException(
          EngineException.Kind.BUILD,
          image
              + " is for other parameters than the "
              + ring
              + ": "
              + String.join("; ", obstacles)
              + ": choose another image, or build one for them");
    }
  }

  @Override
  public int lanes() {
    return lanes;
  }

  @Override
  public void load(DeviceSession session) {
    String what = image + " for " + session.device();
    cl_program program = calls.load(session.context(), session.deviceId(), image.bytes(), what);
    session.onClose(() -> calls.release(program));
    cl_kernel made = calls.createKernel(program, image.manifest().kernel());
    session.onClose(() -> calls.release(made));
    kernel = made;
    // Drivers of cards count the units of the image that is loaded: before, there are none.
    lanes = Math.max(1, Math.min(LANES_MAX, calls.computeUnits(session.deviceId())));
  }

  @Override
  public ProgramRunner runner(DeviceSession session, DeviceMemory memory, CommandTracker tracker) {
    CardRunner runner =
        new CardRunner(
            calls, session, loaded(), engine, image.manifest(), ring, options, memory, tracker);
    runner.probe();
    return runner;
  }

  private cl_kernel loaded() {
    return Objects.requireNonNull(kernel, "the image is loaded");
  }

  ImageManifest manifest() {
    return image.manifest();
  }

  @Override
  public String name() {
    return image.manifest().name();
  }

  @Override
  public String toString() {
    ImageManifest m = image.manifest();
    return "image "
        + m.name()
        + " ("
        + m.board()
        + ", "
        + m.core()
        + ", "
        + lanes
        + (lanes == 1 ? " unit)" : " units)");
  }
}
