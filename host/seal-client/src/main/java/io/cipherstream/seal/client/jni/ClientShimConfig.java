package io.cipherstream.seal.client.jni;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * Tells JavaCPP which header becomes {@code ClientShim}. Not final: the generated class extends it.
 */
@Properties(
    value = @Platform(include = "client_shim.h", library = "jniClientShim"),
    target = "io.cipherstream.seal.client.jni",
    global = "io.cipherstream.seal.client.jni.ClientShim")
public class ClientShimConfig implements InfoMapper {

  @Override
  public void map(InfoMap infoMap) {
    // The header's own types are all that is needed.
  }
}
