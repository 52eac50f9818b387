package io.cipherstream.server.storage;

import io.cipherstream.files.FileReplacer;
import io.cipherstream.files.FileTrees;
import io.cipherstream.files.OwnerOnly;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipException;

/**
 * A store in one file: a zip of its files as they are, and last a list of their SHA-256. It holds
 * secrets, such as transport keys and the appliance's private key. Blocks.
 */
public final class Backup {

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
    AtomicInteger files = new AtomicInteger();
    FileReplacer.SECRET.replace(
        file, out -> files.set(DigestedZip.write(out, sink -> Store.visit(data, sink::add))));
    return files.get();
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
        DigestedZip zip = new DigestedZip(file)) {
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

  private static int unpack(DigestedZip zip, Path into) throws IOException {
    int version = StoreVersion.of(zip.read(StoreVersion.FILE, 1 << 16), StoreVersion.FILE);
    if (version > StoreVersion.CURRENT) {
      throw new IOException(
          "the backup has version "
              + version
              + " of the store, this appliance takes 1 to "
              + StoreVersion.CURRENT
              + "; restore it with the appliance that wrote it, or a newer one");
    }
    return zip.unpack(into, Long.MAX_VALUE);
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
}
