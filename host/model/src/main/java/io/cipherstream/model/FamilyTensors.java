package io.cipherstream.model;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors of a family's file under BERT's names, without a prefix. Names that BERT has not are
 * as they are in the file.
 */
final class FamilyTensors implements TensorSource {

  private static final String WORDS = "embeddings.word_embeddings.weight";
  private static final String TOKEN_TYPES = "embeddings.token_type_embeddings.weight";

  private final TensorSource inner;
  private final ModelFamily family;
  private final Map<String, String> names = new LinkedHashMap<>();

  /**
   * @param layers encoder layers, which in some families share their tensors; what is beyond {@link
   *     ModelShape#LAYERS_MAX} has no names
   * @throws ModelException of kind MALFORMED if two of the file's names mean the same
   */
  FamilyTensors(TensorSource inner, ModelFamily family, int layers) {
    this.inner = inner;
    this.family = family;
    int most = Math.min(layers, ModelShape.LAYERS_MAX);
    for (String name : inner.names()) {
      for (String bert : bertNames(bare(name), most)) {
        String other = names.putIfAbsent(bert, name);
        if (other != null) {
          throw new ModelException(
              ModelException.Kind.MALFORMED,
              "the file has both '" + other + "' and '" + name + "'");
        }
      }
    }
  }

  private String bare(String name) {
    return name.startsWith(family.prefix()) ? name.substring(family.prefix().length()) : name;
  }

  private List<String> bertNames(String name, int layers) {
    for (TensorRename rename : family.renames()) {
      Optional<List<String>> found = rename.bertNames(name, layers);
      if (found.isPresent()) {
        return found.get();
      }
    }
    return List.of(name);
  }

  @Override
  public Set<String> names() {
    return names.keySet();
  }

  /** A family without token types has one, of zeros. */
  @Override
  public TensorData read(String name) {
    String own = names.get(name);
    if (own != null) {
      return inner.read(own);
    }
    if (family.withoutTokenTypes() && name.equals(TOKEN_TYPES)) {
      int[] words = read(WORDS).expectDimensions(2).shape();
      ByteBuffer zeros = ByteBuffer.allocate(words[1] * TensorType.F32.bytes());
      return new TensorData(name, TensorType.F32, new int[] {1, words[1]}, zeros);
    }
    throw SafetensorsHeader.missing(ownName(name), inner.names());
  }

  private String ownName(String name) {
    return family.renames().stream()
        .map(rename -> rename.ownName(name))
        .flatMap(Optional::stream)
        .findFirst()
        .orElse(name);
  }
}
