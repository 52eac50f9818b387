package io.cipherstream.server.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * How a cluster's sessions and tracks say which node has them: their ids begin with the first two
 * bytes of the SHA-256 of its name, in hexadecimal. So no node has to ask another one, and no two
 * can disagree.
 */
public final class NodeTag {

  /** Hexadecimal digits of a tag. */
  public static final int LENGTH = 4;

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int ID_BYTES = 16;

  private NodeTag() {}

  /**
   * A random id of 32 hexadecimal digits.
   *
   * @param tag what it begins with; empty for an appliance that stands alone
   */
  public static String id(String tag) {
    byte[] random = new byte[ID_BYTES];
    RANDOM.nextBytes(random);
    return tag + HexFormat.of().formatHex(random).substring(tag.length());
  }

  /** The tag of a node's name. */
  public static String of(String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, LENGTH / 2);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
