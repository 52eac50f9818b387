package io.cipherstream.workflow.convert;

import io.cipherstream.workflow.train.Example;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 over everything that a result depends on. */
public final class Fingerprint {

  private final MessageDigest digest;

  /** A fingerprint of nothing yet. */
  public Fingerprint() {
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Adds values by their text. */
  public Fingerprint add(Object... values) {
    for (Object value : values) {
      digest.update(String.valueOf(value).getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return this;
  }

  /** Adds examples by their word pieces and targets. */
  public Fingerprint add(List<Example> examples) {
    for (Example example : examples) {
      ByteBuffer bytes =
          ByteBuffer.allocate(8 + 8 * example.length() + 8 * example.targets().length);
      bytes.putInt(example.length()).putInt(example.targets().length);
      for (int t = 0; t < example.length(); t++) {
        bytes.putInt(example.ids()[t]).putInt(example.segments()[t]);
      }
      for (double target : example.targets()) {
        bytes.putDouble(target);
      }
      digest.update(bytes.array());
    }
    return this;
  }

  /** In hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
