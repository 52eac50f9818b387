package io.cipherstream.server.storage;

import io.cipherstream.files.OwnerOnly;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Files in one zip as they are, and last a list of their SHA-256. Blocks. */
public final class DigestedZip implements AutoCloseable {

  private static final String DIGESTS = "SHA256SUMS";

  /** Longest list of digests that is read. */
  private static final int DIGESTS_BYTES_MAX = 1 << 28;

  private final ZipFile zip;
  private final Map<String, String> digests;

  /** Takes one file under a name. */
  @FunctionalInterface
  public interface Sink {
    void add(Path file, String name) throws IOException;
  }

  /** Names the files of a zip. */
  @FunctionalInterface
  public interface Content {
    void visit(Sink sink) throws IOException;
  }

  /**
   * Opens a zip that {@link #write} made.
   *
   * @throws ZipException if it is none
   */
  public DigestedZip(Path file) throws IOException {
    this.zip = new ZipFile(file.toFile());
    try {
      this.digests = digests();
    } catch (IOException e) {
      zip.close();
      throw e;
    }
  }

  /** Writes files; returns their number. */
  public static int write(OutputStream out, Content files) throws IOException {
    List<String> digests = new ArrayList<>();
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setLevel(Deflater.NO_COMPRESSION); // most of it is random
    files.visit((file, name) -> digests.add(add(zip, file, name)));
    zip.putNextEntry(new ZipEntry(DIGESTS));
    zip.write((String.join("\n", digests) + "\n").getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
    zip.finish();
    return digests.size();
  }

  private static String add(ZipOutputStream zip, Path from, String name) throws IOException {
    if (name.lines().count() != 1) {
      throw new IOException("a file's name has a line break: rename or move " + from);
    }
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(from), digest)) {
      zip.putNextEntry(new ZipEntry(name));
      in.transferTo(zip);
      zip.closeEntry();
    }
    return HexFormat.of().formatHex(digest.digest()) + "  " + name;
  }

  /**
   * Unpacks all files below a folder that is there, for the owner alone, checks each and forces it
   * to disk.
   *
   * @param bytesMax most bytes of all of them
   * @return their number
   * @throws ZipException if one is missing or damaged, or if they are more; some have been written
   *     then
   */
  public int unpack(Path into, long bytesMax) throws IOException {
    long left = bytesMax;
    for (Map.Entry<String, String> each : digests.entrySet()) {
      Path to = into.resolve(each.getKey());
      OwnerOnly.createFolders(to.getParent() == null ? into : to.getParent());
      OwnerOnly.createFile(to);
      MessageDigest digest = sha256();
      try (InputStream in = new DigestInputStream(entry(each.getKey()), digest);
          FileChannel channel = FileChannel.open(to, StandardOpenOption.WRITE)) {
        left -= copy(in, Channels.newOutputStream(channel), left, bytesMax);
        channel.force(true);
      }
      if (!HexFormat.of().formatHex(digest.digest()).equals(each.getValue())) {
        throw new ZipException(each.getKey() + " differs from its SHA-256");
      }
    }
    return digests.size();
  }

  private static long copy(InputStream in, OutputStream out, long most, long bytesMax)
      throws IOException {
    byte[] buffer = new byte[1 << 16];
    long copied = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      copied += n;
      if (copied > most) {
        throw new ZipException("the files have more than " + bytesMax + " bytes");
      }
      out.write(buffer, 0, n);
    }
    return copied;
  }

  /** SHA-256 of each file, by its name. */
  private Map<String, String> digests() throws IOException {
    Map<String, String> found = new HashMap<>();
    String list = new String(read(DIGESTS, DIGESTS_BYTES_MAX), StandardCharsets.UTF_8);
    for (String line : list.lines().toList()) {
      String[] words = line.split(" {2}", 2);
      if (words.length != 2 || !words[0].matches("[0-9a-f]{64}") || !isWithin(words[1])) {
        throw new ZipException(DIGESTS + " has a line that is none of such a zip");
      }
      found.put(words[1], words[0]);
    }
    return found;
  }

  /** Whether it names a file below the folder in which it is resolved. */
  private static boolean isWithin(String name) {
    Path path = Path.of(name);
    return !name.isBlank()
        && !path.isAbsolute()
        && path.equals(path.normalize())
        && !path.startsWith("..");
  }

  /** The bytes of a short file. */
  byte[] read(String name, int bytesMax) throws IOException {
    try (InputStream in = entry(name)) {
      byte[] bytes = in.readNBytes(bytesMax + 1);
      if (bytes.length > bytesMax) {
        throw new ZipException(name + " is longer than " + bytesMax + " bytes");
      }
      return bytes;
    }
  }

  private InputStream entry(String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new ZipException(name + " is missing");
    }
    return zip.getInputStream(entry);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
