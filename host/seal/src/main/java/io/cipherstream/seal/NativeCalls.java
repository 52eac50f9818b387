package io.cipherstream.seal;

import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.NativeResource;
import java.util.List;
import java.util.function.Supplier;

/** The one place where native objects are pinned for a call and native errors get their types. */
final class NativeCalls {

  private NativeCalls() {}

  /** Runs {@code call} with all resources kept alive. */
  static <T> T with(String operation, List<NativeResource<?>> resources, Supplier<T> call) {
    int acquired = 0;
    try {
      for (NativeResource<?> resource : resources) {
        var unused = resource.acquire();
        acquired++;
      }
      return translated(operation, call);
    } finally {
      for (int i = 0; i < acquired; i++) {
        resources.get(i).release();
      }
    }
  }

  static <T> T translated(String operation, Supplier<T> call) {
    try {
      return call.get();
    } catch (CkksException e) {
      throw e;
    } catch (RuntimeException e) {
      throw CkksException.ofNative(operation, e);
    }
  }
}
