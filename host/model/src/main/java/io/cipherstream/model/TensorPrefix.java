package io.cipherstream.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A model file whose names all begin with what a program that wrapped the model put there, such as
 * {@code _orig_mod.} of torch.compile or {@code module.} of DataParallel; here without that.
 */
final class TensorPrefix implements TensorSource {

  private static final String TABLE = "embeddings.word_embeddings.weight";

  private static final Pattern WRAPPERS =
      Pattern.compile("(?:(?:_orig_mod|module|model|auto_model|bert|0)\\.)+");

  private final TensorSource inner;
  private final Map<String, String> names;

  private TensorPrefix(TensorSource inner, Map<String, String> names) {
    this.inner = inner;
    this.names = names;
  }

  /** The source without such a prefix, if its names have one. */
  static TensorSource without(TensorSource source) {
    List<String> tables = source.names().stream().filter(n -> n.endsWith(TABLE)).toList();
    if (tables.size() != 1) {
      return source;
    }
    String prefix = tables.get(0).substring(0, tables.get(0).length() - TABLE.length());
    if (prefix.endsWith("bert.")) {
      prefix = prefix.substring(0, prefix.length() - "bert.".length());
    }
    if (!WRAPPERS.matcher(prefix).matches()) {
      return source;
    }
    Map<String, String> names = new LinkedHashMap<>();
    for (String name : source.names()) {
      String bare = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
      if (names.putIfAbsent(bare, name) != null) {
        throw new ModelException(
            ModelException.Kind.MALFORMED,
            "the file has both '" + names.get(bare) + "' and '" + name + "'");
      }
    }
    return new TensorPrefix(source, names);
  }

  @Override
  public Set<String> names() {
    return names.keySet();
  }

  @Override
  public TensorData read(String name) {
    String own = names.get(name);
    if (own == null) {
      throw SafetensorsHeader.missing(name, inner.names());
    }
    return inner.read(own);
  }
}
