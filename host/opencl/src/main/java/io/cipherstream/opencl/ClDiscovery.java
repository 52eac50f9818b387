package io.cipherstream.opencl;

import io.cipherstream.ring.EngineException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/**
 * Lists the platforms and devices of the OpenCL loader. Uses no query newer than OpenCL 1.0, except
 * for the short name of a platform, which is an extension, and the double precision of a device.
 */
final class ClDiscovery {

  /** CL_PLATFORM_ICD_SUFFIX_KHR. */
  private static final int ICD_SUFFIX = 0x0920;

  /**
   * CL_DEVICE_TYPE_ALL. The upper half of JOCL's constant is set too, which strict drivers refuse.
   */
  private static final long ALL_TYPES = 0xFFFFFFFFL;

  private static final long FUSED = CL.CL_FP_FMA;

  /** A device and its native identifiers. */
  record Found(OpenClDevice device, cl_platform_id platform, cl_device_id id) {}

  private ClDiscovery() {}

  static List<Found> devices() {
    int[] count = new int[1];
    int status = CL.clGetPlatformIDs(0, null, count);
    if (status == ClStatus.PLATFORM_NOT_FOUND || count[0] == 0) {
      return List.of();
    }
    ClStatus.check(EngineException.Kind.UNAVAILABLE, "clGetPlatformIDs", status);
    cl_platform_id[] platforms = new cl_platform_id[count[0]];
    ClStatus.check(
        EngineException.Kind.UNAVAILABLE,
        "clGetPlatformIDs",
        CL.clGetPlatformIDs(platforms.length, platforms, null));
    List<Found> found = new ArrayList<>();
    for (int p = 0; p < platforms.length; p++) {
      cl_platform_id platform = platforms[p];
      if (CL.clGetDeviceIDs(platform, ALL_TYPES, 0, null, count) != CL.CL_SUCCESS) {
        continue;
      }
      cl_device_id[] devices = new cl_device_id[count[0]];
      if (CL.clGetDeviceIDs(platform, ALL_TYPES, devices.length, devices, null) != CL.CL_SUCCESS) {
        continue;
      }
      for (int d = 0; d < devices.length; d++) {
        found.add(new Found(describe(p, platform, d, devices[d]), platform, devices[d]));
      }
    }
    return found;
  }

  private static OpenClDevice describe(int p, cl_platform_id platform, int d, cl_device_id id) {
    String name = platformText(platform, CL.CL_PLATFORM_NAME);
    String suffix = platformText(platform, ICD_SUFFIX);
    String extensions = text(id, CL.CL_DEVICE_EXTENSIONS);
    boolean embedded = text(id, CL.CL_DEVICE_PROFILE).equals("EMBEDDED_PROFILE");
    boolean doubles = extensions.contains("cl_khr_fp64");
    return new OpenClDevice(
        p,
        d,
        name,
        platformText(platform, CL.CL_PLATFORM_VENDOR),
        platformText(platform, CL.CL_PLATFORM_VERSION),
        shortName(suffix.isEmpty() ? name : suffix),
        text(id, CL.CL_DEVICE_NAME),
        text(id, CL.CL_DEVICE_VENDOR),
        text(id, CL.CL_DRIVER_VERSION),
        text(id, CL.CL_DEVICE_VERSION),
        type(number(id, CL.CL_DEVICE_TYPE, Long.BYTES)),
        (int) number(id, CL.CL_DEVICE_MAX_COMPUTE_UNITS, Integer.BYTES),
        (int) number(id, CL.CL_DEVICE_MAX_CLOCK_FREQUENCY, Integer.BYTES),
        number(id, CL.CL_DEVICE_GLOBAL_MEM_SIZE, Long.BYTES),
        number(id, CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE, Long.BYTES),
        number(id, CL.CL_DEVICE_LOCAL_MEM_SIZE, Long.BYTES),
        (int) number(id, CL.CL_DEVICE_MAX_WORK_GROUP_SIZE, Long.BYTES),
        doubles && (number(id, CL.CL_DEVICE_DOUBLE_FP_CONFIG, Long.BYTES) & FUSED) != 0,
        !embedded || extensions.contains("cles_khr_int64"),
        number(id, CL.CL_DEVICE_ENDIAN_LITTLE, Integer.BYTES) != 0,
        number(id, CL.CL_DEVICE_AVAILABLE, Integer.BYTES) != 0,
        number(id, CL.CL_DEVICE_COMPILER_AVAILABLE, Integer.BYTES) != 0);
  }

  private static String shortName(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
  }

  private static OpenClDevice.Type type(long bits) {
    if ((bits & CL.CL_DEVICE_TYPE_GPU) != 0) {
      return OpenClDevice.Type.GPU;
    }
    if ((bits & CL.CL_DEVICE_TYPE_CPU) != 0) {
      return OpenClDevice.Type.CPU;
    }
    return (bits & CL.CL_DEVICE_TYPE_ACCELERATOR) != 0
        ? OpenClDevice.Type.ACCELERATOR
        : OpenClDevice.Type.OTHER;
  }

  /** A text of a platform; empty if it does not know the query. */
  private static String platformText(cl_platform_id platform, int query) {
    long[] size = new long[1];
    if (CL.clGetPlatformInfo(platform, query, 0, null, size) != CL.CL_SUCCESS || size[0] == 0) {
      return "";
    }
    byte[] bytes = new byte[(int) size[0]];
    int status = CL.clGetPlatformInfo(platform, query, bytes.length, Pointer.to(bytes), null);
    return status == CL.CL_SUCCESS ? text(bytes) : "";
  }

  private static String text(cl_device_id device, int query) {
    long[] size = new long[1];
    if (CL.clGetDeviceInfo(device, query, 0, null, size) != CL.CL_SUCCESS || size[0] == 0) {
      return "";
    }
    byte[] bytes = new byte[(int) size[0]];
    int status = CL.clGetDeviceInfo(device, query, bytes.length, Pointer.to(bytes), null);
    return status == CL.CL_SUCCESS ? text(bytes) : "";
  }

  private static String text(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.indexOf('\0');
    return (end < 0 ? text : text.substring(0, end)).strip();
  }

  /** A number of a device; 0 if it does not know the query. */
  private static long number(cl_device_id device, int query, int bytes) {
    byte[] value = new byte[Long.BYTES];
    int status = CL.clGetDeviceInfo(device, query, bytes, Pointer.to(value), null);
    if (status != CL.CL_SUCCESS) {
      return 0;
    }
    ByteBuffer buffer = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
    return bytes == Integer.BYTES ? Integer.toUnsignedLong(buffer.getInt(0)) : buffer.getLong(0);
  }
}
