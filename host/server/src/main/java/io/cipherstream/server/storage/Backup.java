package io.cipherstream.server.storage;

import io.cipherstream.files.FileReplacer;
import io.cipherstream.files.FileTrees;
import io.cipherstream.files.OwnerOnly;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
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

/**
 * A store in one file: a zip of its files as they are, and last a list of their SHA-256. It holds
 * secrets, such as transport keys and the appliance's private key. Blocks.
 */
public final class Backup {

  private static final String DIGESTS = "SHA256SUMS";

  /** Longest list of digests that is read. */
  private static final int DIGESTS_BYTES_MAX = 1 << 28;

  private Backup() {}

  /**
   * Writes the store of a data directory to a file for its owner alone. An appliance may run on it
   * meanwhile: a session that is made or deleted meanwhile is in the backup or is not.
   *
   * @return number of files
   * @throws FileAlreadyExistsException rather than replace a file
   */
  public static int write(Path data, Path file) throws IOException {
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(file + " is there already: name another file");
    }
    if (file.toAbsolutePath().normalize().startsWith(data.toAbsolutePath().normalize())) {
      throw new IOException(
          file + " is in the data directory: name a file elsewhere, best on another disk");
    }
    if (!Files.exists(data.resolve(StoreVersion.FILE))) {
      throw new IOException(
          "data directory "
              + data
              + " has no "
              + StoreVersion.FILE
              + ": expected one that an appliance of this version has been started with");
    }
    List<String> digests = new ArrayList<>();
    FileReplacer.SECRET.replace(
        file,
        out -> {
          ZipOutputStream zip = new ZipOutputStream(out);
          zip.setLevel(Deflater.NO_COMPRESSION); // most of it is random
          Store.visit(data, (from, name) -> digests.add(add(zip, from, name)));
          zip.putNextEntry(new ZipEntry(DIGESTS));
          zip.write((String.join("\n", digests) + "\n").getBytes(StandardCharsets.UTF_8));
          zip.closeEntry();
          zip.finish();
        });
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
   * Restores a backup into a data directory without a store. Every file is checked before any gets
   * its place. The files belong to the directory's owner.
   *
   * @return number of files
   * @throws IOException if the directory is in use or has a store, or the backup is damaged or of a
   *     newer version; nothing has changed then
   */
  public static int restore(Path file, Path data) throws IOException {
    OwnerOnly.createFolders(data);
    try (FolderLock lock = FolderLock.of(data);
        ZipFile zip = new ZipFile(file.toFile())) {
      List<String> there = Store.parts(data);
      if (!there.isEmpty()) {
        throw new IOException(
            "data directory "
                + data
                + " holds "
                + there
                + "; move that away, or name another directory");
      }
      Path making = data.resolve(Store.IN_MAKING);
      try {
        OwnerOnly.createFolders(making);
        int files = unpack(zip, making);
        belongTo(data, making);
        place(making, data);
        return files;
      } finally {
        FileTrees.delete(making);
      }
    } catch (ZipException e) {
      throw new IOException(file + " is no whole backup: " + e.getMessage(), e);
    }
  }

  private static int unpack(ZipFile zip, Path into) throws IOException {
    Map<String, String> digests = digests(zip);
    int version = StoreVersion.of(read(zip, StoreVersion.FILE, 1 << 16), StoreVersion.FILE);
    if (version > StoreVersion.CURRENT) {
      throw new IOException(
          "the backup has version "
              + version
              + " of the store, this appliance takes 1 to "
              + StoreVersion.CURRENT
              + "; restore it with the appliance that wrote it, or a newer one");
    }
    for (Map.Entry<String, String> each : digests.entrySet()) {
      Path to = into.resolve(each.getKey());
      OwnerOnly.createFolders(to.getParent() == null ? into : to.getParent());
      OwnerOnly.createFile(to);
      MessageDigest digest = sha256();
      try (InputStream in = new DigestInputStream(entry(zip, each.getKey()), digest);
          OutputStream out = Files.newOutputStream(to)) {
        in.transferTo(out);
      }
      if (!HexFormat.of().formatHex(digest.digest()).equals(each.getValue())) {
        throw new ZipException(each.getKey() + " differs from its SHA-256");
      }
    }
    return digests.size();
  }

  /** SHA-256 of each file, by its name. */
  private static Map<String, String> digests(ZipFile zip) throws IOException {
    Map<String, String> digests = new HashMap<>();
    String list = new String(read(zip, DIGESTS, DIGESTS_BYTES_MAX), StandardCharsets.UTF_8);
    for (String line : list.lines().toList()) {
      String[] words = line.split(" {2}", 2);
      if (words.length != 2 || !words[0].matches("[0-9a-f]{64}") || !isWithin(words[1])) {
        throw new ZipException(DIGESTS + " has a line that is none of a backup's");
      }
      digests.put(words[1], words[0]);
    }
    return digests;
  }

  /** Whether it names a file below the folder in which it is resolved. */
  private static boolean isWithin(String name) {
    Path path = Path.of(name);
    return !name.isBlank()
        && !path.isAbsolute()
        && path.equals(path.normalize())
        && !path.startsWith("..");
  }

  private static byte[] read(ZipFile zip, String name, int bytesMax) throws IOException {
    try (InputStream in = entry(zip, name)) {
      byte[] bytes = in.readNBytes(bytesMax + 1);
      if (bytes.length > bytesMax) {
        throw new ZipException(name + " is longer than " + bytesMax + " bytes");
      }
      return bytes;
    }
  }

  private static InputStream entry(ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new ZipException(name + " is missing");
    }
    return zip.getInputStream(entry);
  }

  /** Gives what was unpacked its place; the version comes last. */
  private static void place(Path making, Path data) throws IOException {
    for (String part : Store.parts(making)) {
      if (!part.equals(StoreVersion.FILE)) {
        Files.move(making.resolve(part), data.resolve(part), StandardCopyOption.ATOMIC_MOVE);
      }
    }
    FileReplacer.SECRET.publish(making.resolve(StoreVersion.FILE), data.resolve(StoreVersion.FILE));
  }

  /** Whoever restores may be root; the files are the service's. */
  private static void belongTo(Path data, Path making) throws IOException {
    PosixFileAttributes owner = Files.readAttributes(data, PosixFileAttributes.class);
    if (owner.owner().equals(Files.getOwner(making))) {
      return;
    }
    Files.walkFileTree(
        making,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            return visitFile(folder, attributes);
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            PosixFileAttributeView view =
                Files.getFileAttributeView(file, PosixFileAttributeView.class);
            view.setOwner(owner.owner());
            view.setGroup(owner.group());
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
