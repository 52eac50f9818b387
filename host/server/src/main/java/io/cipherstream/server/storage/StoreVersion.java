package io.cipherstream.server.storage;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cipherstream.files.FileReplacer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The version of a data directory's layout, in {@code store.json}. Version 1 had no such file;
 * version 2 is the same with it. Blocks.
 */
public final class StoreVersion {

  /** The version that this appliance writes. */
  static final int CURRENT = 2;

  static final String FILE = "store.json";

  private static final Logger LOG = LoggerFactory.getLogger(StoreVersion.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int OLDEST = 1;

  /** Steps from each version to the next, the oldest first. */
  private static final List<Step> STEPS = List.of(data -> {}); // to 2: the version itself

  /** Changes a store from one version to the next; may be repeated after it was broken off. */
  @FunctionalInterface
  private interface Step {
    void run(Path data) throws IOException;
  }

  private StoreVersion() {}

  /**
   * Makes sure that a store has the current version. An older one is copied and then changed; the
   * copy stays for some days.
   *
   * @param data a data directory that this process has locked
   * @throws IOException for a store of a newer version, or of a restore that was broken off, which
   *     is left as it is
   */
  public static void require(Path data) throws IOException {
    if (Files.exists(data.resolve(Store.IN_MAKING))) {
      throw new IOException(
          "data directory "
              + data
              + " holds part of a backup whose restore was broken off; delete what is in it and"
              + " restore again");
    }
    int found = of(data);
    if (found > CURRENT) {
      throw new IOException(
          "data directory "
              + data
              + " has version "
              + found
              + " of the store, this appliance takes 1 to "
              + CURRENT
              + "; start the appliance that wrote it, or restore a backup from before");
    }
    if (found < CURRENT) {
      if (!Store.parts(data).isEmpty()) {
        Path copy = StoreCopies.make(data, found);
        LOG.info("the store goes from version {} to {}; a copy is in {}", found, CURRENT, copy);
      }
      for (Step step : STEPS.subList(found - OLDEST, STEPS.size())) {
        step.run(data);
      }
      FileReplacer.SECRET.replace(
          data.resolve(FILE),
          JSON.writeValueAsBytes(JSON.createObjectNode().put("version", CURRENT)));
    }
  }

  private static int of(Path data) throws IOException {
    Path file = data.resolve(FILE);
    return Files.exists(file) ? of(Files.readAllBytes(file), file.toString()) : OLDEST;
  }

  /** The version that the bytes of such a file name. */
  static int of(byte[] bytes, String where) throws IOException {
    int version = JSON.readTree(bytes).path("version").asInt(0);
    if (version < OLDEST) {
      throw new IOException(where + ": expected a version of the store, found none");
    }
    return version;
  }
}
