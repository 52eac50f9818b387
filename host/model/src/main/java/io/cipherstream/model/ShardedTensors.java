package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A model in several safetensors files, as transformers saves one that is larger than a shard: an
 * index names the file of every tensor. Thread-safe until it is closed.
 */
final class ShardedTensors implements OpenTensors {

  static final String INDEX = "model.safetensors.index.json";

  /** Longest index in bytes. */
  static final int INDEX_BYTES_MAX = 4 << 20;

  /** Most files of a model. */
  static final int SHARDS_MAX = 256;

  private final Map<String, SafetensorsFile> shards = new LinkedHashMap<>();
  private final Map<String, String> shardOf;

  private ShardedTensors(Map<String, String> shardOf) {
    this.shardOf = shardOf;
  }

  /**
   * Opens every shard, and compares the index with what they hold.
   *
   * @param index the model.safetensors.index.json
   * @throws ModelException of kind MALFORMED if the index is not one, NOT_FOUND if a shard is
   *     missing, TENSOR_MISSING if a shard lacks what the index says it has; as {@link
   *     SafetensorsFile#open} for a shard
   */
  static ShardedTensors open(Path index) {
    ShardedTensors open = new ShardedTensors(map(index));
    try {
      for (String shard : shards(open.shardOf)) {
        Path file = index.resolveSibling(shard);
        if (!Files.isRegularFile(file)) {
          throw new ModelException(
              ModelException.Kind.NOT_FOUND,
              INDEX
                  + " names the shard '"
                  + shard
                  + "', which is not beside it: download the whole folder, or save the model again");
        }
        open.shards.put(shard, SafetensorsFile.open(file));
      }
      open.shardOf.forEach(open::check);
    } catch (RuntimeException e) {
      open.close();
      throw e;
    }
    return open;
  }

  private void check(String tensor, String shard) {
    if (!shard(shard).has(tensor)) {
      throw new ModelException(
          ModelException.Kind.TENSOR_MISSING,
          INDEX + " says that '" + tensor + "' is in " + shard + ", which has no such tensor");
    }
  }

  private SafetensorsFile shard(String name) {
    SafetensorsFile file = shards.get(name);
    if (file == null) {
      throw new IllegalStateException("shard " + name + " is not open");
    }
    return file;
  }

  /** Tensor → file name, every one of a file beside the index. */
  private static Map<String, String> map(Path index) {
    JsonNode map = ModelFiles.json(index, INDEX_BYTES_MAX).path("weight_map");
    Map<String, String> out = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String shard = entry.getValue().asText("");
      if (!entry.getValue().isTextual() || !shard.matches("[A-Za-z0-9._-]+\\.safetensors")) {
        throw malformed(
            "'" + entry.getKey() + "' in " + entry.getValue() + ": expected a file beside it");
      }
      out.put(entry.getKey(), shard);
    }
    if (out.isEmpty() || shards(out).size() > SHARDS_MAX) {
      throw malformed(shards(out).size() + " files in weight_map: expected 1 to " + SHARDS_MAX);
    }
    return out;
  }

  private static Set<String> shards(Map<String, String> shardOf) {
    return new TreeSet<>(shardOf.values());
  }

  /** SHA-256 of what sha256sum prints of the index and then of each shard by name. */
  static String sha256(Path index) {
    StringBuilder lines = new StringBuilder(line(index, INDEX));
    shards(map(index)).forEach(shard -> lines.append(line(index, shard)));
    MessageDigest digest = ModelFiles.sha256();
    digest.update(lines.toString().getBytes(StandardCharsets.UTF_8));
    return ModelFiles.hex(digest);
  }

  private static String line(Path index, String name) {
    return ModelFiles.digest(index.resolveSibling(name)).sha256() + "  " + name + "\n";
  }

  @Override
  public Set<String> names() {
    return shardOf.keySet();
  }

  @Override
  public TensorData read(String name) {
    String shard = shardOf.get(name);
    if (shard == null) {
      throw SafetensorsHeader.missing(name, names());
    }
    return shard(shard).read(name);
  }

  @Override
  public void close() {
    shards.values().forEach(SafetensorsFile::close);
  }

  private static ModelException malformed(String what) {
    return new ModelException(ModelException.Kind.MALFORMED, INDEX + " has " + what);
  }
}
