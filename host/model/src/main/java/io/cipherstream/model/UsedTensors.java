package io.cipherstream.model;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Remembers which tensors were read, so that one which nothing asked for does not go unseen. */
final class UsedTensors implements TensorSource {

  private static final int SHOWN_MAX = 4;

  private final TensorSource inner;
  private final Set<String> used = new HashSet<>();

  UsedTensors(TensorSource inner) {
    this.inner = inner;
  }

  @Override
  public Set<String> names() {
    return inner.names();
  }

  @Override
  public TensorData read(String name) {
    TensorData read = inner.read(name);
    used.add(name);
    return read;
  }

  /**
   * What was not read, without buffers that hold no weights and a pooler that no head follows.
   *
   * @param encoder those of the encoder and the embeddings, or those beside
   */
  private List<String> unused(boolean encoder) {
    return names().stream()
        .filter(n -> !used.contains(n))
        .filter(n -> !n.endsWith(".position_ids") && !n.endsWith(".token_type_ids"))
        .filter(n -> !bare(n).startsWith("pooler."))
        .filter(
            n -> (bare(n).startsWith("encoder.") || bare(n).startsWith("embeddings.")) == encoder)
        .sorted()
        .toList();
  }

  private static String bare(String name) {
    return name.startsWith("bert.") ? name.substring("bert.".length()) : name;
  }

  /**
   * @throws ModelException of kind UNSUPPORTED if the encoder has tensors that were not read
   */
  void checkEncoder() {
    List<String> unused = unused(true);
    if (!unused.isEmpty()) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "the encoder has tensors that BERT has not: " + shown(unused));
    }
  }

  /** Names of a head that was not read; empty where there is none. */
  String head() {
    return shown(unused(false));
  }

  private static String shown(List<String> names) {
    String first = String.join(", ", names.subList(0, Math.min(SHOWN_MAX, names.size())));
    return names.size() > SHOWN_MAX
        ? first + " and " + (names.size() - SHOWN_MAX) + " more"
        : first;
  }
}
