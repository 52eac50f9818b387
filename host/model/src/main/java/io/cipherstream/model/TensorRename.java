package io.cipherstream.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * BERT's name of a matrix or norm and a family's own. A # stands for the number of an encoder
 * layer; where BERT's name alone has one, all layers share the tensors.
 *
 * @param bert the name that BERT gives it; empty if nothing is to read it
 * @param own the name in the family's files
 */
record TensorRename(String bert, String own) {

  private static final String NUMBER = "#";

  /** Tensors that have no part in the computation, whatever BERT's of that name have. */
  static TensorRename leftOut(String own) {
    return new TensorRename("", own);
  }

  /**
   * BERT's names for a tensor of the family: none if it is left out, empty if this is about others.
   *
   * @param name the tensor's, without the family's prefix
   * @param layers encoder layers
   */
  Optional<List<String>> bertNames(String name, int layers) {
    if (bert.isEmpty()) {
      return name.startsWith(own + ".") ? Optional.of(List.of()) : Optional.empty();
    }
    if (own.contains(NUMBER) || !bert.contains(NUMBER)) {
      return renamed(own, bert, name).map(List::of);
    }
    return renamed(own, bert, name)
        .map(
            shared ->
                IntStream.range(0, layers)
                    .mapToObj(i -> shared.replace(NUMBER, Integer.toString(i)))
                    .toList());
  }

  /** The family's name for a tensor of BERT's; empty if this is about others. */
  Optional<String> ownName(String name) {
    return bert.isEmpty() ? Optional.empty() : renamed(bert, own, name);
  }

  private static Optional<String> renamed(String from, String to, String name) {
    int hash = from.indexOf(NUMBER);
    if (hash < 0) {
      return name.startsWith(from + ".")
          ? Optional.of(to + name.substring(from.length()))
          : Optional.empty();
    }
    String after = from.substring(hash + 1) + ".";
    int end = name.startsWith(from.substring(0, hash)) ? name.indexOf('.', hash) : -1;
    if (end < 0 || !name.startsWith(after, end)) {
      return Optional.empty();
    }
    String rest = name.substring(end + after.length() - 1);
    return Optional.of(to.replace(NUMBER, name.substring(hash, end)) + rest);
  }
}
