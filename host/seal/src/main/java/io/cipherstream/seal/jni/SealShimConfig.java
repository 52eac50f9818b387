package io.cipherstream.seal.jni;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * Tells JavaCPP which headers become {@code SealShim}. Not final: the generated class extends it.
 */
@Properties(
    value =
        @Platform(
            include = {"seal_shim.h", "engine_shim.h"},
            library = "jniSealShim"),
    target = "io.cipherstream.seal.jni",
    global = "io.cipherstream.seal.jni.SealShim")
public class SealShimConfig implements InfoMapper {

  @Override
  public void map(InfoMap infoMap) {
    // The headers' own types are all that is needed.
  }
}
