package io.cipherstream.server.tracks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cipherstream.files.FileReplacer;
import io.cipherstream.files.FileTrees;
import io.cipherstream.files.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks on disk.
 *
 * <pre>
 *   tracks/&lt;id&gt;/track.json      its description
 *   tracks/&lt;id&gt;/&lt;index&gt;.ct      a ciphertext's envelope as it was received
 * </pre>
 *
 * <p>Every file appears by an atomic rename after it was forced to disk. Blocks.
 */
final class TrackStore {

  private static final Logger LOG = LoggerFactory.getLogger(TrackStore.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DESCRIPTION = "track.json";
  private static final String SUFFIX = ".ct";

  private final Path tracks;

  /** A track read back, with the ciphertexts that it has. */
  record Stored(TrackInfo info, BitSet present) {}

  TrackStore(Path dataDirectory) throws IOException {
    this.tracks = dataDirectory.resolve("tracks");
    OwnerOnly.createFolders(tracks);
  }

  /** Free bytes of the disk that holds the tracks. */
  long usableBytes() {
    return tracks.toFile().getUsableSpace();
  }

  void create(TrackInfo info) throws IOException {
    OwnerOnly.createFolders(folder(info.id()));
    FileReplacer.SECRET.replace(
        folder(info.id()).resolve(DESCRIPTION), JSON.writeValueAsBytes(info));
  }

  void write(String id, int index, byte[] envelope) throws IOException {
    FileReplacer.SECRET.replace(file(id, index), envelope);
  }

  byte[] read(String id, int index) throws IOException {
    return Files.readAllBytes(file(id, index));
  }

  void delete(String id) throws IOException {
    Files.deleteIfExists(folder(id).resolve(DESCRIPTION));
    FileTrees.delete(folder(id));
  }

  /** Every track whose description is whole; the rest is logged and removed. */
  List<Stored> loadAll() throws IOException {
    List<Stored> all = new ArrayList<>();
    try (Stream<Path> folders = Files.list(tracks)) {
      for (Path folder : folders.sorted().toList()) {
        try {
          all.add(load(folder));
        } catch (IOException e) {
          LOG.warn("track folder {} is removed: {}", folder.getFileName(), e.toString());
          FileTrees.delete(folder);
        }
      }
    }
    return all;
  }

  private static Stored load(Path folder) throws IOException {
    TrackInfo info = JSON.readValue(folder.resolve(DESCRIPTION).toFile(), TrackInfo.class);
    if (!info.id().equals(String.valueOf(folder.getFileName()))) {
      throw new IOException(DESCRIPTION + " names another track");
    }
    BitSet present = new BitSet();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.matches("[0-9]{1,6}\\" + SUFFIX)) {
          present.set(Integer.parseInt(name.substring(0, name.length() - SUFFIX.length())));
        }
      }
    }
    return new Stored(info, present);
  }

  private Path folder(String id) {
    return tracks.resolve(id);
  }

  private Path file(String id, int index) {
    return folder(id).resolve(index + SUFFIX);
  }
}
