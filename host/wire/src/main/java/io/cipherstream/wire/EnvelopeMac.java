package io.cipherstream.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import javax.crypto.Mac;

/** HMAC-SHA-256 over header and payload, fed piece by piece from any buffer without copying it. */
final class EnvelopeMac {

  static final String ALGORITHM = "HmacSHA256";
  static final int BYTES = 32;

  private final Mac mac;

  EnvelopeMac(WireSession session) {
    this.mac = session.newMac();
  }

  void update(ByteBuf buffer, int index, int length) {
    for (ByteBuffer part : buffer.nioBuffers(index, length)) {
      mac.update(part);
    }
  }

  byte[] finish() {
    return mac.doFinal();
  }

  /**
   * @throws WireException {@link WireException.Kind#DIGEST} if {@code received} is not the digest
   */
  void verify(byte[] received) {
    if (!MessageDigest.isEqual(mac.doFinal(), received)) {
      throw new WireException(
          WireException.Kind.DIGEST,
          "keyed digest",
          "the digest of header and payload under this session's transport key",
          "another one: the bytes were changed on the way or made with another key");
    }
  }
}
