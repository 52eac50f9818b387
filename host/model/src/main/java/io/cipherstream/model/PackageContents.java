package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a package is written from.
 *
 * @param name the model's name
 * @param shape sizes and kinds
 * @param embeddings the client's half
 * @param tokenizer the client's tokenizer
 * @param source where the weights come from
 * @param licence licence of the weights, or {@code unknown}
 * @param task what the model was trained to answer; null where nothing says it
 * @param modes encrypted modes, the preferred one first
 * @param notes what a user should know
 * @param ranges calibrated ranges
 * @param sealed the manifest's section of a sealed model; null for every other one
 * @param weights writes the appliance's half to a file
 */
public record PackageContents(
    String name,
    ModelShape shape,
    EmbeddingTable embeddings,
    BertTokenizer tokenizer,
    ModelSource source,
    String licence,
    @Nullable ModelTask task,
    List<String> modes,
    List<String> notes,
    Ranges ranges,
    @Nullable JsonNode sealed,
    Consumer<Path> weights) {

  /**
   * @throws ModelException of kind NAME for a bad name
   */
  public PackageContents {
    ModelRepository.checkName(name);
    modes = List.copyOf(modes);
    notes = List.copyOf(notes);
  }
}
