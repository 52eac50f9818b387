package io.cipherstream.opencl;

import io.cipherstream.ring.LaunchPlan;
import io.cipherstream.ring.LimbRing;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;

/**
 * The built kernels of a variant, and the translation of a plan's launches into kernel launches.
 * Not thread-safe, since arguments of kernels are state.
 */
final class KernelSet implements AutoCloseable {

  /** Most words of a limb per work-item if there are few items. */
  private static final int ITEM_BITS_MAX = 10;

  /** Largest work-group of kernels that do not need one. */
  private static final int FREE_GROUP_ITEMS = 128;

  /** The kernels, by the names they have in OpenCL C. */
  enum Name {
    FORWARD_LIMB,
    INVERSE_LIMB,
    FORWARD_STRIDED,
    FORWARD_TILE,
    INVERSE_TILE,
    INVERSE_STRIDED,
    WORDWISE,
    SUM_OF_PRODUCTS,
    PERMUTE,
    COUNT_ZEROS;

    private boolean in(KernelVariant.Layout layout) {
      return switch (this) {
        case FORWARD_LIMB, INVERSE_LIMB -> layout == KernelVariant.Layout.LIMB;
        case FORWARD_STRIDED, FORWARD_TILE, INVERSE_TILE, INVERSE_STRIDED ->
            layout == KernelVariant.Layout.GROUP;
        default -> true;
      };
    }
  }

  /**
   * One launch of a kernel.
   *
   * @param first number of its first node
   * @param parameter the kernel's own
   */
  record Step(Name kernel, long[] global, long[] local, int first, int parameter) {}

  private static final class Kernel {
    private final cl_kernel handle;
    private long submission = -1;
    private int first = -1;
    private int parameter = -1;

    Kernel(cl_kernel handle) {
      this.handle = handle;
    }
  }

  private final ClCalls calls;
  private final KernelVariant variant;
  private final int degreeBits;
  private final cl_program program;
  private final Map<Name, Kernel> kernels = new EnumMap<>(Name.class);

  KernelSet(
      ClCalls calls,
      cl_context context,
      cl_device_id device,
      KernelVariant variant,
      LimbRing ring,
      cl_mem pool,
      cl_mem tables) {
    this.calls = calls;
    this.variant = variant;
    this.degreeBits = ring.degreeBits();
    this.program =
        calls.build(context, device, KernelSources.of(variant), KernelSources.options(variant));
    try {
      for (Name name : Name.values()) {
        if (name.in(variant.layout())) {
          cl_kernel handle = calls.createKernel(program, name.name().toLowerCase(Locale.ROOT));
          kernels.put(name, new Kernel(handle));
          calls.setArgument(handle, 0, pool);
          calls.setArgument(handle, 1, tables);
        }
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** The steps of {@code count} nodes from node {@code first} on, to be run in order. */
  List<Step> steps(LaunchPlan.Kind kind, int first, int count) {
    return switch (kind) {
      case NTT ->
          variant.layout() == KernelVariant.Layout.LIMB
              ? List.of(limb(Name.FORWARD_LIMB, first, count))
              : forward(first, count);
      case INTT ->
          variant.layout() == KernelVariant.Layout.LIMB
              ? List.of(limb(Name.INVERSE_LIMB, first, count))
              : inverse(first, count);
      case PRODUCTS -> List.of(free(Name.SUM_OF_PRODUCTS, first, count));
      case WORDWISE -> List.of(free(Name.WORDWISE, first, count));
      case PERM -> List.of(free(Name.PERMUTE, first, count));
      case ZEROS -> List.of(free(Name.COUNT_ZEROS, first, count));
    };
  }

  private Step limb(Name name, int first, int count) {
    return new Step(name, new long[] {1, count}, new long[] {1, 1}, first, degreeBits);
  }

  private Step free(Name name, int first, int count) {
    boolean vectors = variant.layout() == KernelVariant.Layout.LIMB;
    int itemBits = vectors ? Math.min(degreeBits, ITEM_BITS_MAX) : 0;
    long items = 1L << (degreeBits - itemBits);
    long group = vectors ? 1 : Math.min(items, FREE_GROUP_ITEMS);
    return new Step(
        name, new long[] {items, count}, new long[] {group, 1}, first, degreeBits | itemBits << 8);
  }

  private List<Step> forward(int first, int count) {
    int strided = Math.max(0, degreeBits - variant.tileBits());
    List<Step> steps = new ArrayList<>();
    int stage = 0;
    if (strided % 2 == 1) {
      steps.add(strided(Name.FORWARD_STRIDED, first, count, stage, 1));
      stage = 1;
    }
    for (; stage < strided; stage += 2) {
      steps.add(strided(Name.FORWARD_STRIDED, first, count, stage, 2));
    }
    steps.add(tile(Name.FORWARD_TILE, first, count, strided));
    return steps;
  }

  private List<Step> inverse(int first, int count) {
    int strided = Math.max(0, degreeBits - variant.tileBits());
    List<Step> steps = new ArrayList<>();
    steps.add(tile(Name.INVERSE_TILE, first, count, strided));
    int stage = strided;
    for (; stage >= 2; stage -= 2) {
      steps.add(strided(Name.INVERSE_STRIDED, first, count, stage - 2, 2));
    }
    if (stage == 1) {
      steps.add(strided(Name.INVERSE_STRIDED, first, count, 0, 1));
    }
    return steps;
  }

  private Step tile(Name name, int first, int count, int stage) {
    long items = (long) KernelVariant.GROUP_ITEMS << stage;
    return new Step(
        name,
        new long[] {items, count},
        new long[] {KernelVariant.GROUP_ITEMS, 1},
        first,
        degreeBits | stage << 16);
  }

  private Step strided(Name name, int first, int count, int stage, int stages) {
    long items = 1L << (degreeBits - stages);
    int two = stages == 2 ? 1 : 0;
    return new Step(
        name,
        new long[] {items, count},
        new long[] {Math.min(items, FREE_GROUP_ITEMS), 1},
        first,
        degreeBits | stage << 16 | two << 24);
  }

  /** Enqueues a step of the submission whose table begins at that pool word. */
  cl_event launch(cl_command_queue queue, Step step, long submission) {
    Kernel kernel = kernels.get(step.kernel());
    if (kernel == null) {
      throw new IllegalStateException(variant + " has no kernel " + step.kernel());
    }
    if (kernel.submission != submission) {
      calls.setArgument(kernel.handle, 2, submission);
      kernel.submission = submission;
    }
    if (kernel.first != step.first()) {
      calls.setArgument(kernel.handle, 3, step.first());
      kernel.first = step.first();
    }
    if (kernel.parameter != step.parameter()) {
      calls.setArgument(kernel.handle, 4, step.parameter());
      kernel.parameter = step.parameter();
    }
    return calls.launch(queue, kernel.handle, step.global(), step.local());
  }

  @Override
  public void close() {
    kernels.values().forEach(k -> calls.release(k.handle));
    kernels.clear();
    calls.release(program);
  }
}
