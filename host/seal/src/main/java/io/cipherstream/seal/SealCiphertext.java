package io.cipherstream.seal;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksChecks;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.NativeResource;
import io.cipherstream.seal.jni.CipherHandle;
import io.cipherstream.seal.jni.SealShim;
import java.nio.ByteBuffer;

/** A ciphertext in SEAL's memory. */
public final class SealCiphertext implements Ciphertext {

  private final CkksParameters parameters;
  private final CipherHandle handle;
  private final NativeResource<CipherHandle> resource;
  private final int size;
  private final int limbs;
  private final double scale;

  SealCiphertext(
      CkksParameters parameters, CipherHandle handle, int size, int limbs, double scale) {
    this.parameters = parameters;
    this.handle = handle;
    this.resource = new NativeResource<>("the ciphertext", handle, SealShim::cipher_delete);
    this.size = size;
    this.limbs = limbs;
    this.scale = scale;
  }

  CkksParameters parameters() {
    return parameters;
  }

  NativeResource<CipherHandle> resource() {
    return resource;
  }

  /** The native object; valid between acquire and release of {@link #resource}. */
  CipherHandle handle() {
    return handle;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int limbs() {
    return limbs;
  }

  @Override
  public double scale() {
    return scale;
  }

  @Override
  public void copyWordsTo(ByteBuffer destination) {
    int bytes = Math.toIntExact(words(parameters) * Long.BYTES);
    if (!destination.isDirect() || destination.remaining() < bytes) {
      throw new IllegalArgumentException(
          "copyWordsTo: expected a direct buffer with at least "
              + bytes
              + " bytes, got "
              + (destination.isDirect() ? "one with " + destination.remaining() : "a heap buffer"));
    }
    if (destination.isReadOnly()) {
      throw new IllegalArgumentException(
          "copyWordsTo: a read-only buffer, expected one to write to");
    }
    CipherHandle pinned = resource.acquire();
    try {
      SealShim.cipher_copy_words(pinned, destination.slice());
    } finally {
      resource.release();
    }
    destination.position(destination.position() + bytes);
  }

  @Override
  public void close() {
    resource.close();
  }

  @Override
  public String toString() {
    return "ciphertext[size=" + size + ", limbs=" + limbs + ", scale=" + scale + "]";
  }

  /** Bytes that {@code size} polynomials of {@code limbs} limbs take, checked against a buffer. */
  static int checkedBytes(
      String operation, CkksParameters parameters, int size, int limbs, ByteBuffer words) {
    int bytes =
        Math.multiplyExact(Math.multiplyExact(size, limbs), Long.BYTES * parameters.degree());
    CkksChecks.words(operation, words, bytes);
    return bytes;
  }
}
