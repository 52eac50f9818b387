package io.cipherstream.opencl.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Manifests of the tests and images beside them. */
final class Manifests {

  static final String DIGEST = "ab".repeat(32);

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Manifests() {}

  /** A good manifest of an image of that content, with N = 1024 to 8192 and 50-bit words. */
  static ObjectNode good(byte[] image) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("name", "sim-cluster").put("board", "sim").put("kernel", "core_program");
    root.put("montgomeryBits", 55).put("instructionSetVersion", 1).put("clockMHz", 300.0);
    root.put("rtlDigest", DIGEST);
    root.putObject("parameters")
        .put("wordBits", 50)
        .put("degreeBitsMin", 10)
        .put("degreeBitsMax", 13)
        .put("lanes", 4)
        .put("busWords", 8)
        .put("segments", 64)
        .put("moduli", 32)
        .putObject("multiplier")
        .put("tileA", 26);
    root.putObject("cluster")
        .put("clusters", 1)
        .put("products", 8)
        .put("streamWords", 2)
        .put("slots", 64);
    root.putObject("image")
        .put("file", "sim-cluster.csimg")
        .put("bytes", image.length)
        .put("sha256", sha256(image));
    root.putArray("verified").add("random programs");
    root.putArray("notVerified");
    root.putObject("tools").put("verilator", "5.006");
    return root;
  }

  /** Writes a manifest and an image into a folder. */
  static void write(Path folder, ObjectNode manifest, byte[] image) throws IOException {
    Files.write(folder.resolve(DeviceImage.MANIFEST), MAPPER.writeValueAsBytes(manifest));
    Files.write(folder.resolve("sim-cluster.csimg"), image);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
