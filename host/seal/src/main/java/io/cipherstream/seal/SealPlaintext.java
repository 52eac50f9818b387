package io.cipherstream.seal;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.NativeResource;
import io.cipherstream.ckks.Plaintext;
import io.cipherstream.seal.jni.PlainHandle;
import io.cipherstream.seal.jni.SealShim;

/** An encoded plaintext in SEAL's memory. */
public final class SealPlaintext implements Plaintext {

  private final CkksParameters parameters;
  private final PlainHandle handle;
  private final NativeResource<PlainHandle> resource;
  private final int limbs;
  private final double scale;

  SealPlaintext(CkksParameters parameters, PlainHandle handle, int limbs, double scale) {
    this.parameters = parameters;
    this.handle = handle;
    this.resource = new NativeResource<>("the plaintext", handle, SealShim::plain_delete);
    this.limbs = limbs;
    this.scale = scale;
  }

  CkksParameters parameters() {
    return parameters;
  }

  NativeResource<PlainHandle> resource() {
    return resource;
  }

  PlainHandle handle() {
    return handle;
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
  public void close() {
    resource.close();
  }
}
