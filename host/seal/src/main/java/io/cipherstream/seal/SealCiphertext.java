package io.cipherstream.seal;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CiphertextForm;
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
  private final CiphertextForm form;

  SealCiphertext(CkksParameters parameters, CipherHandle handle, CiphertextForm form) {
    this.parameters = parameters;
    this.handle = handle;
    this.resource = new NativeResource<>("the ciphertext", handle, SealShim::cipher_delete);
    this.form = form;
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
    return form.size();
  }

  @Override
  public int limbs() {
    return form.limbs();
  }

  @Override
  public double scale() {
    return form.scale();
  }

  @Override
  public void copyWordsTo(ByteBuffer destination) {
    int bytes = Math.toIntExact(words(parameters) * Long.BYTES);
    CkksChecks.destination("copyWordsTo", destination, bytes);
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
    return form.toString();
  }
}
