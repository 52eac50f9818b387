package io.cipherstream.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.files.FileReplacer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;

/**
 * The file of {@code tenantsFile}: tenants as in the configuration, changed by a command while the
 * appliance runs. It holds digests of API keys, never keys. A reader sees it as it was before a
 * change or after it; two changes at one time follow each other.
 */
public final class TenantFile {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static final String TENANTS = "tenants";

  private final Path file;

  public TenantFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  /** The tenants, unchecked; none if there is no file. */
  public ArrayNode tenants() {
    return Files.exists(file) ? read(file) : JSON.createArrayNode();
  }

  /**
   * The tenants of a file, unchecked.
   *
   * @throws ConfigException if it cannot be read or is not an object with a list of tenants
   */
  static ArrayNode read(Path file) {
    JsonNode tree = ConfigLoader.readFile(file, "tenantsFile");
    if (!(tree instanceof ObjectNode object)
        || object.size() != 1
        || !(object.get(TENANTS) instanceof ArrayNode tenants)) {
      throw new ConfigException(
          "tenantsFile "
              + file
              + ": expected one member, tenants, with a list; 'cipherstream tenant' writes such a"
              + " file");
    }
    return tenants;
  }

  /**
   * Changes the tenants and writes them if they are valid.
   *
   * @throws ConfigException if the change makes a list that the appliance would refuse, or the
   *     change's own; then nothing is written
   */
  public void change(Consumer<ArrayNode> change) throws IOException {
    Path lock = file.resolveSibling("." + file.getFileName() + ".lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = channel.lock()) {
      ArrayNode tenants = tenants();
      change.accept(tenants);
      ConfigLoader.checkTenants(tenants);
      ObjectNode tree = JSON.createObjectNode();
      tree.set(TENANTS, tenants);
      Path next = file.resolveSibling("." + file.getFileName() + ".next");
      Files.deleteIfExists(next);
      FileReplacer.SECRET.replace(next, JSON.writeValueAsBytes(tree));
      shareWithGroup(next);
      FileReplacer.SECRET.publish(next, file);
    }
  }

  /** The folder's group, which is the appliance's where it is a service, may read the file. */
  private void shareWithGroup(Path next) throws IOException {
    Path folder = file.getParent();
    PosixFileAttributeView view = Files.getFileAttributeView(next, PosixFileAttributeView.class);
    if (folder != null && view != null) {
      view.setGroup(Files.readAttributes(folder, PosixFileAttributes.class).group());
      view.setPermissions(PosixFilePermissions.fromString("rw-r-----"));
    }
  }
}
