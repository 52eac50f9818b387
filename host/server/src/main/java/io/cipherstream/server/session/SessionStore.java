package io.cipherstream.server.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.files.FileReplacer;
import io.cipherstream.files.FileTrees;
import io.cipherstream.files.OwnerOnly;
import io.cipherstream.server.storage.DigestedZip;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions on disk.
 *
 * <pre>
 *   sessions/&lt;id&gt;/session.json     metadata with its SHA-256; the file's time is the last use
 *   sessions/&lt;id&gt;/keys/&lt;label&gt;.key  the envelope as it was received
 *   sessions/&lt;id&gt;/inferences       ids of its last inferences, one per slot, the oldest overwritten
 *   uploads/&lt;uuid&gt;.part           uploads in progress
 *   uploads/&lt;id&gt;.arriving         a session that another node hands over
 *   uploads/&lt;id&gt;.left             one that was handed over to another node
 * </pre>
 *
 * <p>What is in {@code uploads} is deleted at start. Every file appears by an atomic rename after
 * it was forced to disk, except {@code inferences}, whose slots are checked one by one. Blocks.
 */
public final class SessionStore {

  private static final Logger LOG = LoggerFactory.getLogger(SessionStore.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY_SUFFIX = ".key";
  private static final String INFERENCES = "inferences";

  private final Path sessions;
  private final Path uploads;

  /** A session read back, with the keys it has. */
  public record Stored(SessionInfo info, Map<String, Long> keyBytes, Instant lastUsed) {}

  public SessionStore(Path dataDirectory) throws IOException {
    this.sessions = dataDirectory.resolve("sessions");
    this.uploads = dataDirectory.resolve("uploads");
    OwnerOnly.createFolders(sessions);
    FileTrees.delete(uploads);
    OwnerOnly.createFolders(uploads);
  }

  /** A new empty file for an upload, for the owner only. */
  public Path newUpload() throws IOException {
    Path part = uploads.resolve(UUID.randomUUID() + ".part");
    OwnerOnly.createFile(part);
    return part;
  }

  /**
   * Free bytes of the disk that holds the sessions. Asked by path and not by {@code FileStore},
   * which fails in a container or chroot whose root is no mount point of its own.
   */
  public long usableBytes() {
    return sessions.toFile().getUsableSpace();
  }

  public Path keyFile(String session, String label) {
    return folder(session).resolve("keys").resolve(label + KEY_SUFFIX);
  }

  /** Writes a new session's metadata. */
  public void create(SessionInfo info) throws IOException {
    Path folder = folder(info.id());
    try {
      OwnerOnly.createFolders(folder.resolve("keys"));
      FileReplacer.SECRET.replace(folder.resolve("session.json"), encode(info));
    } catch (IOException e) {
      FileTrees.delete(folder);
      throw e;
    }
  }

  /** Moves a complete upload to its place. */
  public void publishKey(Path upload, String session, String label) throws IOException {
    FileReplacer.SECRET.publish(upload, keyFile(session, label));
  }

  /** Empties the file of a key that cannot be used; an empty file counts as none from then on. */
  void emptyKey(String session, String label) throws IOException {
    Path file = keyFile(session, label);
    if (Files.exists(file)) {
      Files.write(file, new byte[0]);
    }
  }

  /** Writes ids to their slots and forces them to disk. */
  void writeInferenceIds(Session session, List<InferenceSlot> ids, int slots) throws IOException {
    Path file = folder(session.id()).resolve(INFERENCES);
    synchronized (session.files()) {
      if (!Files.exists(file)) {
        FileReplacer.SECRET.replace(file, new byte[0]);
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        for (InferenceSlot id : ids) {
          write(channel, id.encode(), id.position(slots));
        }
        channel.force(false);
      }
    }
  }

  /** Writes all of {@code bytes} at a position of a file, without forcing them to disk. */
  private static void write(FileChannel channel, ByteBuffer bytes, long position)
      throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /** The inference ids of a session that were written, oldest first. */
  List<InferenceSlot> inferenceIds(String session) throws IOException {
    return inferenceIds(folder(session));
  }

  /** Those of a session that is {@linkplain #unpack unpacked}. */
  List<InferenceSlot> arrivingInferenceIds(String session) throws IOException {
    return inferenceIds(arriving(session));
  }

  private static List<InferenceSlot> inferenceIds(Path folder) throws IOException {
    Path file = folder.resolve(INFERENCES);
    return Files.exists(file) ? InferenceSlot.decode(Files.readAllBytes(file)) : List.of();
  }

  /** Packs the files of a session into a new file for its owner alone. */
  Path pack(String session) throws IOException {
    Path packed = newUpload();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(packed))) {
      DigestedZip.write(out, sink -> visit(folder(session), sink));
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(packed);
      throw e;
    }
    return packed;
  }

  private static void visit(Path folder, DigestedZip.Sink sink) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        sink.add(file, folder.relativize(file).toString());
      }
    }
  }

  /**
   * Unpacks a session of another node, to where nobody uses it.
   *
   * @param lastUsed at the other node
   * @throws IOException if the files are not whole, or of another session; nothing is left then
   */
  Stored unpack(Path packed, String session, Instant lastUsed) throws IOException {
    Path folder = arriving(session);
    FileTrees.delete(folder);
    try (DigestedZip zip = new DigestedZip(packed)) {
      OwnerOnly.createFolders(folder.resolve("keys"));
      zip.unpack(folder, Files.size(packed)); // they are packed as they are
      Stored stored = load(folder, session);
      Files.setLastModifiedTime(folder.resolve("session.json"), FileTime.from(lastUsed));
      return new Stored(stored.info(), stored.keyBytes(), lastUsed);
    } catch (IOException | RuntimeException e) {
      FileTrees.delete(folder);
      throw e;
    }
  }

  /** Gives an unpacked session its place. */
  void admit(String session) throws IOException {
    FileReplacer.SECRET.moveFolder(arriving(session), folder(session));
  }

  /** Deletes an unpacked session. */
  void refuse(String session) throws IOException {
    FileTrees.delete(arriving(session));
  }

  /** Takes a session from its place; it is still there for {@link #putBack}. */
  void takeAway(String session) throws IOException {
    FileTrees.delete(left(session)); // of an earlier move
    FileReplacer.SECRET.moveFolder(folder(session), left(session));
  }

  /** Gives a session that was taken away its place again. */
  void putBack(String session) throws IOException {
    FileReplacer.SECRET.moveFolder(left(session), folder(session));
  }

  /** Deletes a session that was taken away. */
  void forgetLeft(String session) throws IOException {
    FileTrees.delete(left(session));
  }

  private Path arriving(String session) {
    return uploads.resolve(session + ".arriving");
  }

  private Path left(String session) {
    return uploads.resolve(session + ".left");
  }

  public void touch(String session, Instant when) throws IOException {
    Files.setLastModifiedTime(folder(session).resolve("session.json"), FileTime.from(when));
  }

  public void delete(String session) throws IOException {
    Files.deleteIfExists(folder(session).resolve("session.json"));
    FileTrees.delete(folder(session));
  }

  /** Every session whose metadata is whole; the rest is logged and removed. */
  public List<Stored> loadAll() throws IOException {
    List<Stored> all = new ArrayList<>();
    try (Stream<Path> folders = Files.list(sessions)) {
      for (Path folder : folders.sorted().toList()) {
        try {
          all.add(load(folder, String.valueOf(folder.getFileName())));
        } catch (IOException e) {
          LOG.warn("session folder {} is removed: {}", folder.getFileName(), e.toString());
          FileTrees.delete(folder);
        }
      }
    }
    return all;
  }

  private static Stored load(Path folder, String session) throws IOException {
    Path file = folder.resolve("session.json");
    SessionInfo info = decode(Files.readAllBytes(file));
    if (!info.id().equals(session)) {
      throw new IOException("session.json names another session");
    }
    Map<String, Long> keys = new HashMap<>();
    try (Stream<Path> files = Files.list(folder.resolve("keys"))) {
      for (Path key : files.toList()) {
        String name = String.valueOf(key.getFileName());
        if (name.endsWith(KEY_SUFFIX) && Files.size(key) > 0) {
          keys.put(name.substring(0, name.length() - KEY_SUFFIX.length()), Files.size(key));
        }
      }
    }
    return new Stored(info, keys, Files.getLastModifiedTime(file).toInstant());
  }

  private Path folder(String session) {
    return sessions.resolve(session);
  }

  private static byte[] encode(SessionInfo info) throws JsonProcessingException {
    ObjectNode file = JSON.createObjectNode();
    ObjectNode content = JSON.valueToTree(info);
    file.set("session", content);
    file.put("sha256", sha256(JSON.writeValueAsBytes(content)));
    return JSON.writerWithDefaultPrettyPrinter()
        .writeValueAsString(file)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static SessionInfo decode(byte[] bytes) throws IOException {
    JsonNode file = JSON.readTree(bytes);
    JsonNode content = file.path("session");
    if (!sha256(JSON.writeValueAsBytes(content)).equals(file.path("sha256").asText())) {
      throw new IOException("session.json is damaged: its checksum differs");
    }
    return JSON.treeToValue(content, SessionInfo.class);
  }

  /** SHA-256 in hexadecimal. */
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
